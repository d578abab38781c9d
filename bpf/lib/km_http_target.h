/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Request targets: a path, an absolute URL, or CONNECT's host and port; what each makes of :path, :authority and the scheme. */
#pragma once

#include "km_http_framing.h"
#include "km_ip_text.h"

/* `host` or `host:port`, the host a name of letters, digits, dots and hyphens, or an address in brackets. */
km_shared km_bool km_is_authority(const struct km_decide *d, struct km_span span, km_bool *has_port)
{
	__u32 at = span.at, end = km_span_end(span), port = 0;

	*has_port = 0;
	if (at < end && km_byte(d, at) == '[') {
		__u32 close = km_find(d, span, at, ']');
		struct km_ip ip;

		if (close == end || !km_read_ip(d, km_span(at + 1, close), &ip))
			return 0;
		at = close + 1;
	} else {
		while (at < end && (km_is_alpha(km_byte(d, at)) || km_is_digit(km_byte(d, at)) || km_byte(d, at) == '.' || km_byte(d, at) == '-'))
			at++;
		if (at == span.at)
			return 0;
	}
	if (at == end)
		return 1;
	if (km_byte(d, at++) != ':' || at == end)
		return 0;
	for (; at < end; at++) {
		if (!km_is_digit(km_byte(d, at)))
			return 0;
		port = port * 10 + km_byte(d, at) - '0';
		if (port > 65535)
			return 0;
	}
	*has_port = 1;
	return 1;
}

/* The parts of an absolute URL. */
struct km_url {
	struct km_span host;
	/* From the first slash, question mark or number sign; empty where there is none. */
	struct km_span path;
	km_bool http;
	km_bool https;
	/* User information was left out. */
	km_bool user;
};

/* Any scheme; 0: no URL, or an impossible host. */
km_shared km_bool km_split_url(const struct km_decide *d, struct km_span text, struct km_url *url)
{
	__u32 end = km_span_end(text), at;
	struct km_span scheme;
	km_bool has_port, user = 0;

	at = text.length ? km_after_scheme(d, text) : KM_NONE;
	if (at == KM_NONE)
		return 0;
	scheme = km_span(text.at, at - 3);
	url->http = km_span_is(d, scheme, "http", 1);
	url->https = km_span_is(d, scheme, "https", 1);
	url->host.at = at;
	url->user = 0;
	for (at = url->host.at; at < end; at++) {
		__u8 c = km_byte(d, at);

		if (c == '/' || c == '?' || c == '#')
			break;
		if (c == '@') {
			if (user)
				return 0;
			user = 1;
			url->user = at > url->host.at;
			url->host.at = at + 1;
		}
	}
	url->host.length = at - url->host.at;
	url->path = km_span(at, end);
	for (; at < end; at++)
		if (!km_is_path_byte(km_byte(d, at)))
			return 0;
	return km_is_authority(d, url->host, &has_port);
}

/* What a client says of itself counts, unless this is the edge: there only what a trusted proxy says. */
static inline km_bool km_is_believed(const struct km_http *http)
{
	return !(http->flags & KM_HM_REMOTE) || http->trusted_hops;
}

/* Sets path, authority and scheme from the target, or refuses. */
static inline void km_read_target(struct km_decide *d, const struct km_http *http)
{
	struct km_span target = d->target;
	__u8 first = km_byte(d, target.at);
	struct km_url url;
	km_bool has_port;

	d->path = target;
	d->has_path = !d->connect;
	d->scheme.length = 0;
	if (d->connect) {
		if (!km_is_authority(d, target, &has_port) || !has_port) {
			km_refuse(d, 400);
			return;
		}
		km_set(d, KM_H_HOST, target);
		return;
	}
	if (first == '/' || (first == '*' && km_span_is(d, d->method, "OPTIONS", 0)) || !(http->flags & KM_HM_ABSOLUTE))
		return;
	if (!km_split_url(d, target, &url) || (!url.http && !url.https)) {
		km_refuse(d, 400);
		return;
	}
	d->path = url.path;
	/* An edge proxy takes no https URL over plaintext. */
	if (url.https && !km_is_believed(http)) {
		km_refuse(d, 403);
		return;
	}
	if (!d->path.length)
		d->path = km_put_literal(d, "/");
	d->scheme = url.https ? km_put_literal(d, "https") : km_put_literal(d, "http");
	km_set(d, KM_H_HOST, url.host);
}
