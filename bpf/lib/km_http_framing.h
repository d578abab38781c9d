/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the codec does with the headers that frame the connection: upgrades to h2c, body lengths, headers that `connection` names. */
#pragma once

#include "km_http_lines.h"

/* Envoy refuses a request that nominates this many headers. */
#define KM_NOMINATED 10

/* And a `te` of this length, where it is nominated. */
#define KM_TE_BYTES 256

static inline km_bool km_is_hop_item(const struct km_decide *d, struct km_span item)
{
	return km_span_is(d, item, "upgrade", 1) || km_span_is(d, item, "http2-settings", 1);
}

/* One header that `connection` names. 0: the request is refused. */
static inline km_bool km_nominate(struct km_decide *d, struct km_span item)
{
	__u32 name = km_word_find(d, KM_W_HEADER, item);
	const struct km_header_name *known;
	struct km_span te;

	if (item.length && km_byte(d, item.at) == ':')
		return 0;
	if (name == KM_NONE)
		return 1;
	known = km_header_at(d->gen, name);
	if (!known || known->flags & KM_HN_KEPT)
		return 1;
	if (known->flags & KM_HN_REFUSED)
		return 0;
	if (name != KM_H_TE || !km_has(d, KM_H_TE)) {
		km_drop(d, name);
		return 1;
	}
	te = km_value_of(d, KM_H_TE);
	if (te.length >= KM_TE_BYTES)
		return 0;
	if (km_has_item(d, te, "trailers", 1))
		km_set(d, KM_H_TE, km_put_literal(d, "trailers"));
	else
		km_drop(d, KM_H_TE);
	return 1;
}

/* `h2c`: the request asked for that upgrade, which is never taken, so its words do not count. */
static inline km_bool km_nominated(struct km_decide *d, km_bool h2c)
{
	struct km_span list = km_value_of(d, KM_H_CONNECTION);
	__u32 at = list.at, items = 0;

	while (at <= km_span_end(list)) {
		struct km_span item = km_next_item(d, list, &at), word = km_trim(d, item);

		if (!item.length || (h2c && (!word.length || km_is_hop_item(d, word))))
			continue;
		if (++items >= KM_NOMINATED)
			return 0;
	}
	at = list.at;
	while (at <= km_span_end(list)) {
		struct km_span item = km_next_item(d, list, &at);

		if (item.length && !km_nominate(d, km_trim(d, item)))
			return 0;
	}
	return 1;
}

static inline void km_check_framing(struct km_decide *d)
{
	km_bool upgrade = km_is_upgrade(d), h2c = upgrade && km_span_is(d, km_value_of(d, KM_H_UPGRADE), "h2c", 1);

	if (h2c) {
		km_drop(d, KM_H_UPGRADE);
		km_drop(d, KM_H_HTTP2_SETTINGS);
	}
	if (d->connect && km_has(d, KM_H_CONTENT_LENGTH)) {
		if (!km_span_is(d, km_value_of(d, KM_H_CONTENT_LENGTH), "0", 0)) {
			km_refuse(d, 400);
			return;
		}
		km_drop(d, KM_H_CONTENT_LENGTH);
	}
	if (km_has(d, KM_H_TRANSFER_ENCODING)) {
		if (km_has(d, KM_H_CONTENT_LENGTH)) {
			km_refuse(d, 400);
			return;
		}
		if (d->connect || !km_span_is(d, km_value_of(d, KM_H_TRANSFER_ENCODING), "chunked", 1)) {
			km_refuse(d, 501);
			return;
		}
	}
	if ((upgrade && !h2c) || d->connect || !km_has(d, KM_H_CONNECTION))
		return;
	if (!km_nominated(d, h2c))
		km_refuse(d, 400);
}
