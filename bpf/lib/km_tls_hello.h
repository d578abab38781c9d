/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a tls_inspector reads from the first bytes: RFC 8446 4.1.2 (ClientHello), RFC 6066 3 (server name), RFC 7301 3.1 (protocols). */
#pragma once

#include "km_text.h"

enum km_hello {
	KM_HELLO_NONE = 0,
	KM_HELLO_TAKEN = 1,
	KM_HELLO_INCOMPLETE = 2,
};

#define KM_TLS_HANDSHAKE 0x16
#define KM_TLS_CLIENT_HELLO 0x01
#define KM_TLS_RECORD_BYTES (16384 + 256)

static inline __u32 km_be16_at(const struct km_decide *d, __u32 at)
{
	return km_byte(d, at) << 8 | km_byte(d, at + 1);
}

/* A length-prefixed vector at `at`; `at` moves behind it. 0: it does not fit before `end`. */
static inline km_bool km_vector(const struct km_decide *d, __u32 *at, __u32 end, int prefix, struct km_span *out)
{
	__u32 length;

	if (*at + prefix > end)
		return 0;
	length = prefix == 1 ? km_byte(d, *at) : km_be16_at(d, *at);
	if (*at + prefix + length > end)
		return 0;
	*out = km_span(*at + prefix, *at + prefix + length);
	*at += prefix + length;
	return 1;
}

/* One host name of 1 to 255 bytes without NUL, as BoringSSL wants it; 0: malformed. */
static inline km_bool km_read_names(struct km_decide *d, struct km_span content)
{
	struct km_span list, name;
	__u32 at = content.at;

	if (!km_vector(d, &at, km_span_end(content), 2, &list) || at != km_span_end(content))
		return 0;
	if (list.length < 3 || km_byte(d, list.at) != 0)
		return 0;
	at = list.at + 1;
	if (!km_vector(d, &at, km_span_end(list), 2, &name) || at != km_span_end(list))
		return 0;
	if (!name.length || name.length > 255 || km_find(d, name, name.at, 0) != km_span_end(name))
		return 0;
	d->inspected.server_name = name;
	return 1;
}

/* Whether an extension before `end` has this type. */
static inline km_bool km_has_extension(const struct km_decide *d, __u32 at, __u32 end, __u32 type)
{
	for (__u32 i = 0; i < KM_HEAD_BYTES && at < end; i++) {
		if (km_be16_at(d, at) == type)
			return 1;
		at += 4 + km_be16_at(d, at + 2);
	}
	return 0;
}

static inline void km_read_protocols(struct km_decide *d, struct km_span content)
{
	struct km_span list, protocol;
	__u32 at = content.at;

	if (!km_vector(d, &at, km_span_end(content), 2, &list))
		return;
	at = list.at;
	while (at < km_span_end(list) && km_vector(d, &at, km_span_end(list), 1, &protocol)) {
		if (d->inspected.protocols >= KM_PROTOCOLS) {
			km_end(d, KM_E_TOO_LONG, 0);
			return;
		}
		d->inspected.alpn[d->inspected.protocols++ & (KM_PROTOCOLS - 1)] = protocol;
	}
}

/* What is malformed for BoringSSL (duplicate extensions, bytes left over...) counts as no TLS. */
static inline km_bool km_read_hello_body(struct km_decide *d, __u32 at, __u32 end)
{
	struct km_span session, ciphers, methods, extensions, content;

	/* legacy_version and random. */
	at += 34;
	if (!km_vector(d, &at, end, 1, &session) || !km_vector(d, &at, end, 2, &ciphers) || !km_vector(d, &at, end, 1, &methods))
		return 0;
	if (session.length > 32 || !ciphers.length || ciphers.length & 1 || !methods.length)
		return 0;
	d->inspected.protocols = 0;
	d->inspected.server_name.length = 0;
	if (at == end)
		return 1;
	if (!km_vector(d, &at, end, 2, &extensions) || at != end)
		return 0;
	at = extensions.at;
	for (__u32 i = 0; i < KM_HEAD_BYTES && at < km_span_end(extensions); i++) {
		__u32 start = at, type = km_be16_at(d, at);

		at += 2;
		if (!km_vector(d, &at, km_span_end(extensions), 2, &content) || km_has_extension(d, extensions.at, start, type))
			return 0;
		if (type == 0 && !km_read_names(d, content))
			return 0;
		if (type == 16)
			km_read_protocols(d, content);
	}
	return 1;
}

/* Joins the handshake's records behind the text and reads the ClientHello there. */
static inline enum km_hello km_read_hello(struct km_decide *d)
{
	__u32 start = d->used, at = 0;

	for (__u32 i = 0; i < KM_HEAD_BYTES; i++) {
		__u32 length, have, wanted;

		if (at + 5 > d->in.length)
			return KM_HELLO_INCOMPLETE;
		length = km_be16_at(d, at + 3);
		if (km_byte(d, at) != KM_TLS_HANDSHAKE || km_byte(d, at + 1) != 3 || length > KM_TLS_RECORD_BYTES)
			return KM_HELLO_NONE;
		if (at + 5 + length > d->in.length)
			return KM_HELLO_INCOMPLETE;
		km_put_span(d, km_span(at + 5, at + 5 + length));
		at += 5 + length;
		if (d->out.end)
			return KM_HELLO_NONE;
		have = d->used - start;
		if (have < 4)
			continue;
		if (km_byte(d, start) != KM_TLS_CLIENT_HELLO)
			return KM_HELLO_NONE;
		wanted = 4 + (km_byte(d, start + 1) << 16 | km_be16_at(d, start + 2));
		if (have < wanted)
			continue;
		d->inspected.tls = km_read_hello_body(d, start + 4, start + wanted);
		if (!d->inspected.tls) {
			d->inspected.protocols = 0;
			d->inspected.server_name.length = 0;
		}
		return d->inspected.tls ? KM_HELLO_TAKEN : KM_HELLO_NONE;
	}
	return KM_HELLO_INCOMPLETE;
}
