/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Host: which bytes it may hold, and the strip options. */
#pragma once

#include "km_http_path.h"

/* Where the port's colon stands: the last one outside brackets; KM_NONE for none. The port may be empty or no number. */
km_shared __u32 km_port_start(const struct km_decide *d, struct km_span host)
{
	__u32 colon = km_find_last(d, host, ':'), bracket = km_find_last(d, host, ']');

	return colon != KM_NONE && bracket != KM_NONE && bracket > colon ? KM_NONE : colon;
}

/* nghttp2's authority bytes. */
static inline km_bool km_is_host(const struct km_decide *d, struct km_span host)
{
	for (__u32 i = 0; i < host.length; i++)
		if (!km_is_host_byte(km_byte(d, host.at + i)))
			return 0;
	return 1;
}

/* An unsigned 32-bit decimal, a plus sign allowed; -1 for what is none. */
static inline __s64 km_host_port(const struct km_decide *d, struct km_span text)
{
	__u32 at = text.at, end = km_span_end(text);
	__s64 port = 0;

	if (at < end && km_byte(d, at) == '+')
		at++;
	if (at == end)
		return -1;
	for (; at < end; at++) {
		if (!km_is_digit(km_byte(d, at)))
			return -1;
		port = port * 10 + km_byte(d, at) - '0';
		if (port > 0xffffffffll)
			return -1;
	}
	return port;
}

static __always_inline struct km_span km_strip_dot(struct km_decide *d, struct km_span host)
{
	__u32 dot = km_find_last(d, host, '.'), end = km_span_end(host), start = d->used;

	if (dot == KM_NONE)
		return host;
	if (dot + 1 == end)
		return km_span(host.at, dot);
	if (km_byte(d, dot + 1) != ':')
		return host;
	km_put_span(d, km_span(host.at, dot));
	km_put_span(d, km_span(dot + 1, end));
	return km_span(start, d->used);
}

/* strip_trailing_host_dot, then strip_any_host_port or strip_matching_host_port. */
static __always_inline struct km_span km_strip_host(struct km_decide *d, const struct km_http *http, struct km_span host)
{
	__u32 colon;
	__s64 port;

	if (http->flags & KM_HM_STRIP_DOT)
		host = km_strip_dot(d, host);
	if (!(http->flags & (KM_HM_STRIP_PORT | KM_HM_STRIP_MATCHING)))
		return host;
	colon = km_port_start(d, host);
	if (colon == KM_NONE)
		return host;
	port = km_host_port(d, km_span(colon + 1, km_span_end(host)));
	if (port < 0 || (http->flags & KM_HM_STRIP_MATCHING && port != d->in.to_port))
		return host;
	return km_span(host.at, colon);
}
