/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions on headers, query parameters and cookies. */
#pragma once

#include "km_dfa.h"
#include "km_http_lines.h"

/* A decimal int64, blanks around it allowed. 0: none. */
static inline km_bool km_read_int64(const struct km_decide *d, struct km_span span, __s64 *out)
{
	__u64 value = 0, most = 9223372036854775807ull;
	km_bool negative = 0;
	__u32 at, end;

	span = km_trim(d, span);
	at = span.at;
	end = km_span_end(span);
	if (at < end && (km_byte(d, at) == '-' || km_byte(d, at) == '+'))
		negative = km_byte(d, at++) == '-';
	if (at == end)
		return 0;
	if (negative)
		most++;
	for (; at < end; at++) {
		__u8 c = km_byte(d, at);

		if (!km_is_digit(c) || value > 922337203685477580ull)
			return 0;
		value = value * 10 + c - '0';
		if (value > most)
			return 0;
	}
	*out = negative ? (__s64)(0 - value) : (__s64)value;
	return 1;
}

km_shared km_bool km_value_matches(const struct km_decide *d, const struct km_match *match, struct km_span value)
{
	km_bool fold = match->flags & KM_MF_FOLD;
	__s64 number;

	switch (match->kind) {
	case KM_M_EXACT:
		return km_is_text(d, value, match->value, fold);
	case KM_M_PREFIX:
		return km_begins(d, value, match->value, fold);
	case KM_M_SUFFIX:
		return km_finishes(d, value, match->value, fold);
	case KM_M_CONTAINS:
		return km_holds(d, value, match->value, fold);
	case KM_M_REGEX:
		return KM_SHAPE_REGEX && km_dfa_takes(d, value, match->value);
	case KM_M_RANGE:
		return km_read_int64(d, value, &number) && number >= (__s64)match->start && number < (__s64)match->end;
	}
	return 0;
}

/* Of several lines any one may match; inverted, none may. A missing header fails every value matcher, inverted or not. */
static inline km_bool km_header_matches(const struct km_decide *d, const struct km_match *match)
{
	km_bool found, hit, invert = match->flags & KM_MF_INVERT;
	struct km_span value = { 0, 0 };

	found = km_pseudo(d, match->name, &value);
	hit = found && km_value_matches(d, match, value);
	for (__u32 i = 0; i < d->lines && i < KM_LINES && !hit; i++) {
		if (d->line[i].name != match->name)
			continue;
		found = 1;
		hit = km_value_matches(d, match, d->line[i].value);
	}
	if (match->kind == KM_M_PRESENT)
		return (found || match->flags & KM_MF_EMPTY) != invert;
	if (found)
		return hit != invert;
	value.length = 0;
	return match->flags & KM_MF_EMPTY && km_value_matches(d, match, value) != invert;
}

/* The first parameter of that name, compared raw: `&` alone separates, and the query begins at the first `?`. */
static inline km_bool km_query_matches(const struct km_decide *d, const struct km_match *match)
{
	__u32 at = km_find(d, d->path, d->path.at, '?') + 1, end = km_span_end(d->path);

	/* A trailing `&` ends the last pair, it starts no empty one. */
	for (__u32 i = 0; i < KM_HEAD_BYTES && d->has_path && at < end; i++) {
		__u32 next = km_find(d, km_span(at, end), at, '&'), equals = km_find(d, km_span(at, next), at, '=');

		if (km_is_text(d, km_span(at, equals), match->name, 0)) {
			if (match->kind == KM_M_PRESENT)
				return !(match->flags & KM_MF_INVERT);
			return km_value_matches(d, match, km_span(equals < next ? equals + 1 : next, next));
		}
		at = next + 1;
	}
	return match->kind == KM_M_PRESENT && match->flags & KM_MF_INVERT;
}

/* The first cookie of that name in a line; 0: none. */
static inline km_bool km_cookie_in(const struct km_decide *d, const struct km_match *match, struct km_span line, struct km_span *value)
{
	__u32 at = line.at, end = km_span_end(line);

	for (__u32 i = 0; i < KM_HEAD_BYTES && at <= end; i++) {
		__u32 next = km_find(d, line, at, ';'), equals;

		while (at < next && km_byte(d, at) == ' ')
			at++;
		equals = km_find(d, km_span(at, next), at, '=');
		if (equals < next && km_is_text(d, km_span(at, equals), match->name, 0)) {
			*value = km_span(equals + 1, next);
			if (value->length >= 2 && km_byte(d, value->at) == '"' && km_byte(d, next - 1) == '"')
				*value = km_span(equals + 2, next - 1);
			return 1;
		}
		at = next + 1;
	}
	return 0;
}

static inline km_bool km_cookie_matches(const struct km_decide *d, const struct km_match *match)
{
	km_bool found = 0, invert = match->flags & KM_MF_INVERT;
	struct km_span value = { 0, 0 };

	for (__u32 i = 0; i < d->lines && i < KM_LINES && !found; i++)
		if (d->line[i].name == KM_H_COOKIE)
			found = km_cookie_in(d, match, d->line[i].value, &value);
	return (found && km_value_matches(d, match, value)) != invert;
}
