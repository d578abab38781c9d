/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Listener filters: what they learn from the first bytes, and what happens when those are not there. */
#pragma once

#include "km_http_line.h"
#include "km_tls_records.h"

/* Unit: bytes that an http_inspector looks at. A request line that has not ended there is not waited for. */
#define KM_HTTP_MOST 65536

#define KM_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

enum km_inspection {
	KM_INSPECT_DONE = 0,
	KM_INSPECT_WAITS = 1,
};

static inline enum km_inspection km_inspect_tls(struct km_decide *d)
{
	enum km_hello found = km_read_hello(d);

	if (found == KM_HELLO_CLOSED)
		km_end(d, KM_E_FILTER_CLOSES, 0);
	return found == KM_HELLO_INCOMPLETE ? KM_INSPECT_WAITS : KM_INSPECT_DONE;
}

/* Whether the first bytes are the preface, or the beginning of it: how many of its bytes are there. */
static inline __u32 km_preface_bytes(const struct km_decide *d)
{
	__u32 i = 0;

	while (i < sizeof(KM_PREFACE) - 1 && i < d->in.length && km_byte(d, i) == (__u8)KM_PREFACE[i])
		i++;
	return i;
}

static inline void km_set_protocol(struct km_decide *d, struct km_span protocol)
{
	d->inspected.alpn[0] = protocol;
	d->inspected.protocols = 1;
}

/* Whether the first bytes are a method, or what may become one: a token (RFC 9110 5.6.2), ended by white space once it ends. */
static inline km_bool km_begins_method(const struct km_decide *d, __u32 length)
{
	__u32 at = 0;

	while (at < length && km_is_token(km_byte(d, at)))
		at++;
	return at > 0 && (at == length || km_is_white(km_byte(d, at)));
}

/* Of the bytes that are there, those that an http_inspector sees. */
static inline __u32 km_http_most(__u32 filters)
{
	return filters & KM_IF_SHORT ? KM_TLS_MOST : KM_HTTP_MOST;
}

/* Of an http_inspector that reads by itself: the bytes fill a buffer, which is made larger then. Envoy looks for bytes behind those it knows,
 * and takes none for no HTTP. */
static inline km_bool km_fill_buffer(__u32 length)
{
	return length == 8192 || length == 16384 || length == 32768;
}

/* Any token counts as a method, any 1.x but 1.1 as 1.0. */
static inline enum km_inspection km_inspect_http(struct km_decide *d, __u32 filters)
{
	__u32 most = km_http_most(filters), length = d->in.length > most ? most : d->in.length;
	__u32 preface = km_preface_bytes(d), end;

	if (preface == sizeof(KM_PREFACE) - 1) {
		km_set_protocol(d, km_put_literal(d, "h2c"));
		return KM_INSPECT_DONE;
	}
	if (preface == d->in.length)
		return KM_INSPECT_WAITS;
	if (!km_begins_method(d, length))
		return KM_INSPECT_DONE;
	end = km_find(d, km_span(0, length), 0, '\n');
	if (end == length) {
		if (!(filters & KM_IF_SHORT) && km_fill_buffer(length))
			return KM_INSPECT_DONE;
		if (length < KM_HTTP_MOST)
			return KM_INSPECT_WAITS;
		km_end(d, KM_E_FILTER_CLOSES, 0);
		return KM_INSPECT_DONE;
	}
	if (km_request_line(d, km_span(0, end), 1))
		km_set_protocol(d, d->http11 ? km_put_literal(d, "http/1.1") : km_put_literal(d, "http/1.0"));
	return KM_INSPECT_DONE;
}

static inline enum km_inspection km_run_filters(struct km_decide *d, __u32 filters)
{
	if (KM_SHAPE_TLS && filters & KM_IF_TLS && km_inspect_tls(d) == KM_INSPECT_WAITS)
		return KM_INSPECT_WAITS;
	if (filters & KM_IF_HTTP && !d->inspected.tls && !d->out.end)
		return km_inspect_http(d, filters);
	return KM_INSPECT_DONE;
}

/* The redirecting listener's filters, then the listener's own. */
static inline void km_inspect(struct km_decide *d, const struct km_listener *listener)
{
	for (int i = 0; i < 2 && !d->out.end; i++) {
		__u32 filters = listener->inspect[i];

		if (km_run_filters(d, filters) == KM_INSPECT_DONE)
			continue;
		if (filters & KM_IF_WAIT)
			km_end(d, d->in.length >= KM_HEAD_BYTES && KM_HEAD_BYTES < km_http_most(filters) ? KM_E_TOO_LONG : KM_E_WAIT_FILTER, 0);
		else if (filters & KM_IF_CLOSE)
			km_end(d, KM_E_TIMEOUT, 0);
	}
}
