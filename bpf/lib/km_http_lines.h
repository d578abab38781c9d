/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Header lines of a request by name: asking, dropping, setting. Joined headers have one line. */
#pragma once

#include "km_http_head.h"

/* The first line of a known name; KM_NONE when there is none. */
static inline __u32 km_line_of(const struct km_decide *d, __u32 name)
{
	return name < KM_H_COUNT && d->first[name] ? d->first[name] - 1u : KM_NONE;
}

static inline km_bool km_has(const struct km_decide *d, __u32 name)
{
	return km_line_of(d, name) != KM_NONE;
}

/* The same for any name. */
km_shared __u32 km_first_line(const struct km_decide *d, __u32 name)
{
	for (__u32 i = 0; i < d->lines && i < KM_LINES; i++)
		if (d->line[i].name == name)
			return i;
	return KM_NONE;
}

/* The value of a header that is no line: 1 when the name is one of those and there is a value. */
static inline km_bool km_pseudo(const struct km_decide *d, __u32 name, struct km_span *value)
{
	switch (name) {
	case KM_H_METHOD:
		*value = d->method;
		return 1;
	case KM_H_PATH:
		*value = d->path;
		return d->has_path;
	case KM_H_AUTHORITY:
	case KM_H_HOST:
		*value = d->authority;
		return 1;
	case KM_H_SCHEME:
		*value = d->scheme;
		return 1;
	}
	return 0;
}

/* The value of the first line of any name, pseudo headers too. 0: none. */
static inline km_bool km_header_value(const struct km_decide *d, __u32 name, struct km_span *value)
{
	__u32 at = km_first_line(d, name);

	if (at == KM_NONE)
		return km_pseudo(d, name, value);
	*value = d->line[at & (KM_LINES - 1)].value;
	return 1;
}

/* The value of the first line of a known name; empty when there is none. */
static __always_inline struct km_span km_value_of(const struct km_decide *d, __u32 name)
{
	__u32 at = km_line_of(d, name);
	const struct km_span none = { 0, 0 };

	return at == KM_NONE ? none : d->line[at & (KM_LINES - 1)].value;
}

km_shared void km_drop(struct km_decide *d, __u32 name)
{
	for (__u32 i = 0; i < d->lines && i < KM_LINES; i++)
		if (d->line[i].name == name)
			d->line[i].name = KM_NONE;
	if (name < KM_H_COUNT) {
		d->first[name] = 0;
		d->last[name] = 0;
	}
}

/* One line with this value, for a known name. */
km_shared void km_set(struct km_decide *d, __u32 name, struct km_span value)
{
	__u32 at = km_line_of(d, name);

	if (at == KM_NONE)
		km_keep_line(d, name, value);
	else
		d->line[at & (KM_LINES - 1)].value = value;
}

/* The part of a list before the next comma; `at` moves behind it. */
static __always_inline struct km_span km_next_item(const struct km_decide *d, struct km_span list, __u32 *at)
{
	__u32 end = km_find(d, list, *at, ',');
	struct km_span item = km_span(*at, end);

	*at = end + 1;
	return item;
}

/* Whether a comma separated list holds the word, in any case where `fold`. */
#define km_has_item(d, list, literal, fold) km_list_holds(d, list, literal, sizeof(literal) - 1, fold)

km_shared km_bool km_list_holds(const struct km_decide *d, struct km_span list, const char *text, __u32 length, km_bool fold)
{
	__u32 at = list.at;

	while (at <= km_span_end(list))
		if (km_span_equals(d, km_trim(d, km_next_item(d, list, &at)), text, length, fold))
			return 1;
	return 0;
}

/* An upgrade is asked for: the header is there and `connection` says so. */
static inline km_bool km_is_upgrade(const struct km_decide *d)
{
	return km_has(d, KM_H_UPGRADE) && km_has(d, KM_H_CONNECTION) && km_has_item(d, km_value_of(d, KM_H_CONNECTION), "upgrade", 1);
}
