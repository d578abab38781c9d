/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the connection manager removes from and adds to the headers of a plaintext request before it looks for a route. */
#pragma once

#include "km_chain.h"
#include "km_http_host.h"

static inline km_bool km_is_relative_byte(__u8 c)
{
	if (km_is_digit(c) || km_is_alpha(c))
		return 1;
	switch (c) {
	case '!': case '$': case '%': case '&': case '\'': case '(': case ')': case '*': case '+': case ',': case '-':
	case '.': case '/': case ':': case ';': case '=': case '?': case '@': case '_': case '~':
		return 1;
	}
	return 0;
}

/* Whether Envoy keeps a referer: a URL without user information, or a relative reference; both without fragment. */
static inline km_bool km_is_referer(const struct km_decide *d, struct km_span value)
{
	struct km_url url;
	km_bool slash = 0;

	if (km_split_url(d, value, &url))
		return !url.user && km_find(d, value, value.at, '#') == km_span_end(value);
	for (__u32 at = value.at; at < km_span_end(value); at++) {
		__u8 c = km_byte(d, at);

		slash = slash || c == '/';
		if (!km_is_relative_byte(c) || (c == ':' && !slash))
			return 0;
	}
	return 1;
}

/* Whether an address is one of internal_address_config. */
static inline km_bool km_is_internal(const struct km_decide *d, const struct km_http *http, __u32 family, const struct km_ip *ip)
{
	return http->internal != KM_NONE && family && km_interval_place(d, http->internal, family, ip) != KM_NONE;
}

/* Names in the tables' set `flag` lose their lines. */
static inline void km_drop_flagged(struct km_decide *d, __u32 flag)
{
	for (__u32 name = 0; name < KM_H_COUNT; name++) {
		const struct km_header_name *known = d->first[name] ? km_header_at(d->gen, name) : 0;

		if (known && known->flags & flag)
			km_drop(d, name);
	}
}

static inline void km_clean_te(struct km_decide *d)
{
	struct km_span te = km_value_of(d, KM_H_TE);

	if (!te.length)
		return;
	if (km_has_item(d, te, "trailers", 0))
		km_set(d, KM_H_TE, km_put_literal(d, "trailers"));
	else
		km_drop(d, KM_H_TE);
}

/* The port that the client connected to, unless who is believed says another one. */
static inline void km_forwarded_port(struct km_decide *d, const struct km_http *http)
{
	__u32 start = d->used;

	if (!(http->flags & KM_HM_FORWARDED_PORT))
		return;
	if (km_is_believed(http) && km_has(d, KM_H_FORWARDED_PORT))
		return;
	km_put_number(d, d->in.to_port);
	km_set(d, KM_H_FORWARDED_PORT, km_span(start, d->used));
}

/* Behind what the client says. */
static inline void km_add_via(struct km_decide *d, const struct km_http *http)
{
	struct km_span had = km_value_of(d, KM_H_VIA);
	__u32 start = d->used;

	if (http->via == KM_NONE)
		return;
	if (had.length) {
		km_put_span(d, had);
		km_put_literal(d, ", ");
	}
	km_put_stored(d, http->via);
	km_set(d, KM_H_VIA, km_span(start, d->used));
}

/* Takes the zone, a number of 32 bits, from an IPv6 address: `fe80::1%2`. Of zone 0 nothing is left. 0: it is no such number. */
static inline km_bool km_take_zone(const struct km_decide *d, struct km_span *text, struct km_span *zone)
{
	__u32 mark = km_find(d, *text, text->at, '%'), end = km_span_end(*text);
	__u64 value = 0;

	*zone = km_span(end, end);
	if (mark == end)
		return 1;
	for (__u32 at = mark + 1; at < end; at++) {
		__u8 c = km_byte(d, at);

		value = value * 10 + (c - '0');
		if (!km_is_digit(c) || value > 0xffffffff)
			return 0;
		if (value && !zone->length)
			*zone = km_span(at, end);
	}
	*text = km_span(text->at, mark);
	return mark + 1 < end && km_find(d, *text, text->at, ':') < mark;
}

/* The address in a list behind which `hops` more stand; its family, or 0: there are not so many, or it is no address. */
static inline __u32 km_forwarded_address(const struct km_decide *d, struct km_span list, __u32 hops, struct km_ip *ip, struct km_span *zone)
{
	__u32 comma = km_find_last(d, list, ',');

	for (; hops && comma != KM_NONE; hops--) {
		list.length = comma - list.at;
		comma = km_find_last(d, list, ',');
	}
	if (hops)
		return 0;
	if (comma != KM_NONE)
		list = km_span(comma + 1, km_span_end(list));
	list = km_trim(d, list);
	return km_take_zone(d, &list, zone) ? km_read_ip(d, list, ip) : 0;
}

/* The client behind the trusted proxies: what x-forwarded-for says, at the edge else the connection's own address. */
static inline __u32 km_client(const struct km_decide *d, const struct km_http *http, struct km_span list, struct km_ip *ip, struct km_span *zone)
{
	__u32 family;

	if (!(http->flags & KM_HM_REMOTE))
		return km_forwarded_address(d, list, http->trusted_hops, ip, zone);
	family = http->trusted_hops ? km_forwarded_address(d, list, http->trusted_hops - 1, ip, zone) : 0;
	if (family)
		return family;
	*zone = km_span(0, 0);
	*ip = d->in.from;
	return d->in.source_family;
}

/* Whether the client is the only one that x-forwarded-for knows: nobody else can be internal. */
static inline km_bool km_is_first(const struct km_decide *d, const struct km_http *http, struct km_span list)
{
	if (http->flags & KM_HM_REMOTE)
		return !km_has(d, KM_H_FORWARDED_FOR);
	return !http->trusted_hops && km_find(d, list, list.at, ',') == km_span_end(list);
}

/* Puts the connection's own address behind the others. */
static inline void km_add_forwarded_for(struct km_decide *d, struct km_span list, const struct km_route_table *table)
{
	if (km_is_loopback(d)) {
		/* Envoy writes the address of its own machine, which a proxy knows; where nothing reads it, none is needed. */
		if (table && table->flags & KM_RT_FORWARDED_FOR)
			km_end(d, KM_E_OWN_ADDRESS, 0);
	} else if (list.length) {
		__u32 start = d->used;

		km_put_span(d, list);
		km_put(d, ',');
		km_put_ip(d, d->in.source_family, &d->in.from);
		km_set(d, KM_H_FORWARDED_FOR, km_span(start, d->used));
	} else {
		km_set(d, KM_H_FORWARDED_FOR, km_put_ip(d, d->in.source_family, &d->in.from));
	}
}

/* An id that stays of an external client says no longer that its request is traced, as byte 14 of a UUID does. */
static inline void km_set_request_id(struct km_decide *d, const struct km_http *http, km_bool edge)
{
	struct km_span id = km_value_of(d, KM_H_REQUEST_ID);
	__u32 start = d->used;

	if (!id.length || (edge && !(http->flags & KM_HM_KEEP_REQUEST_ID))) {
		/* Stands for the id that Envoy draws: a version 4 UUID. */
		km_set(d, KM_H_REQUEST_ID, km_put_literal(d, "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"));
	} else if (edge && http->flags & KM_HM_UNTRACE_REQUEST_ID && id.length == 36) {
		km_put_span(d, km_span(id.at, id.at + 14));
		km_put(d, '4');
		km_put_span(d, km_span(id.at + 15, km_span_end(id)));
		km_set(d, KM_H_REQUEST_ID, km_span(start, d->used));
	}
}

static inline void km_set_external_address(struct km_decide *d, __u32 family, const struct km_ip *client, struct km_span zone)
{
	__u32 start = d->used;

	km_write_ip(d, family, client);
	if (zone.length) {
		km_put(d, '%');
		km_put_span(d, zone);
	}
	km_set(d, KM_H_EXTERNAL_ADDRESS, km_span(start, d->used));
}

/* :scheme, unless the target had one. */
static inline void km_set_scheme(struct km_decide *d, const struct km_http *http)
{
	if (http->flags & (KM_HM_SCHEME_HTTP | KM_HM_SCHEME_HTTPS)) {
		d->scheme = http->flags & KM_HM_SCHEME_HTTPS ? km_put_literal(d, "https") : km_put_literal(d, "http");
		km_set(d, KM_H_FORWARDED_PROTO, d->scheme);
		return;
	}
	if (d->scheme.length)
		return;
	if (km_span_is(d, km_value_of(d, KM_H_FORWARDED_PROTO), "https", 1))
		d->scheme = km_put_literal(d, "https");
	else
		d->scheme = km_put_literal(d, "http");
}

static inline void km_drop_internal(struct km_decide *d, const struct km_route_table *table)
{
	km_drop_flagged(d, KM_HN_INTERNAL);
	if (!table)
		return;
	for (__u32 i = 0; i < table->internals; i++) {
		const struct km_number_item *item = km_number_at(d->gen, table->first_internal + i);

		if (!item) {
			km_end(d, KM_E_BROKEN, 0);
			return;
		}
		km_drop(d, item->value);
	}
}

static inline void km_sanitize(struct km_decide *d, const struct km_http *http, const struct km_route_table *table)
{
	struct km_span list = km_value_of(d, KM_H_FORWARDED_FOR), zone;
	km_bool internal, edge;
	struct km_ip client;
	__u32 family;

	if (!km_is_upgrade(d)) {
		km_drop(d, KM_H_CONNECTION);
		km_drop(d, KM_H_UPGRADE);
		km_clean_te(d);
	}
	km_drop_flagged(d, KM_HN_REMOVED);
	if (!(http->flags & KM_HM_CLIENT_CERT))
		km_drop(d, KM_H_CLIENT_CERT);
	if (km_has(d, KM_H_REFERER) && !km_is_referer(d, km_value_of(d, KM_H_REFERER)))
		km_drop(d, KM_H_REFERER);
	family = km_client(d, http, list, &client, &zone);
	internal = km_is_first(d, http, list) && km_is_internal(d, http, family, &client);
	if ((http->flags & (KM_HM_REMOTE | KM_HM_SKIP_XFF)) == KM_HM_REMOTE)
		km_add_forwarded_for(d, list, table);
	if (!km_is_believed(http) || !km_has(d, KM_H_FORWARDED_PROTO))
		km_set(d, KM_H_FORWARDED_PROTO, km_put_literal(d, "http"));
	km_forwarded_port(d, http);
	km_set_scheme(d, http);
	edge = !internal && http->flags & KM_HM_REMOTE;
	if (internal)
		km_set(d, KM_H_INTERNAL, km_put_literal(d, "true"));
	else
		km_drop_internal(d, table);
	if (edge) {
		km_drop_flagged(d, KM_HN_EDGE);
		km_set_external_address(d, family, &client, zone);
	}
	if (!(http->flags & KM_HM_NO_REQUEST_ID))
		km_set_request_id(d, http, edge);
	km_add_via(d, http);
}
