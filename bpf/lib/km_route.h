/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Routes of a virtual host, in order: the first that matches decides. */
#pragma once

#include "km_draw.h"
#include "km_match.h"

static inline km_bool km_path_matches(const struct km_decide *d, const struct km_route *route)
{
	struct km_span path = route->path == KM_P_TEMPLATE ? d->bare : d->plain;
	km_bool fold = route->flags & KM_RF_FOLD;

	if (route->path == KM_P_CONNECT)
		return d->connect;
	if (!d->has_path)
		return 0;
	switch (route->path) {
	case KM_P_PREFIX:
		return km_begins(d, path, route->path_value, fold);
	case KM_P_EXACT:
		return km_is_text(d, path, route->path_value, fold);
	case KM_P_SEPARATED: {
		const struct km_text *text = km_text_at(d->gen, route->path_value);

		return text && km_begins(d, path, route->path_value, fold) &&
		       (text->length == path.length || km_byte(d, path.at + text->length) == '/');
	}
	case KM_P_REGEX:
	case KM_P_TEMPLATE:
		return KM_SHAPE_REGEX && km_dfa_takes(d, path, route->path_value);
	}
	return 0;
}

/* application/grpc, or with a +suffix: nothing else, whatever its case; and never without a path. */
static inline km_bool km_is_grpc(const struct km_decide *d)
{
	struct km_span type = km_value_of(d, KM_H_CONTENT_TYPE);

	if (type.length > 16)
		type.length = 17;
	if (!d->has_path)
		return 0;
	return km_span_is(d, type, "application/grpc", 0) || km_span_is(d, type, "application/grpc+", 0);
}

static inline km_bool km_conditions_match(const struct km_decide *d, const struct km_route *route)
{
	__u32 headers = route->headers, queries = headers + route->queries, all = queries + route->cookies;

	for (__u32 i = 0; i < all; i++) {
		const struct km_match *match = km_match_at(d->gen, route->first + i);

		if (!match)
			return 0;
		if (i < headers ? !km_header_matches(d, match) : i < queries ? !km_query_matches(d, match) : !km_cookie_matches(d, match))
			return 0;
	}
	return 1;
}

static inline km_bool km_route_matches(struct km_decide *d, const struct km_route *route, __u32 id)
{
	if (route->flags & KM_RF_NEVER || !km_path_matches(d, route))
		return 0;
	if (route->flags & KM_RF_GRPC && !km_is_grpc(d))
		return 0;
	if (!km_conditions_match(d, route))
		return 0;
	return !route->denominator || km_draw_fraction(d, route->denominator, id) < route->numerator;
}

/* The path without query, and without parameters (`;...` in each segment) where the table ignores them. */
static inline void km_cut_path(struct km_decide *d, const struct km_route_table *table)
{
	__u32 end, start = d->used;
	km_bool cut = 0;

	if (!d->has_path)
		return;
	end = km_find(d, d->path, d->path.at, '?');
	d->bare = km_span(d->path.at, end);
	d->plain = d->bare;
	if (!(table->flags & KM_RT_IGNORE_PARAMETERS) || km_find(d, d->bare, d->bare.at, ';') == end)
		return;
	for (__u32 at = d->bare.at; at < end; at++) {
		__u8 c = km_byte(d, at);

		cut = c != '/' && (cut || c == ';');
		if (!cut)
			km_put(d, c);
	}
	d->plain = km_span(start, d->used);
}
