/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The head of an HTTP/1 request, as Envoy's codec reads it (balsa): request line, header lines, limits. Refusals end the decision. */
#pragma once

#include "km_http_line.h"

static inline void km_refuse(struct km_decide *d, __u32 status)
{
	km_end(d, KM_E_BAD_REQUEST, status);
}

/* What the framer refuses anywhere in a head; tab, CR and LF are left to the lines. */
km_shared km_bool km_has_control(const struct km_decide *d, __u32 at, __u32 end)
{
	for (; at < end; at++) {
		__u8 c = km_byte(d, at);

		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return 1;
	}
	return 0;
}

static inline km_bool km_is_length(const struct km_decide *d, struct km_span value)
{
	__u64 number = 0;

	for (__u32 i = 0; i < value.length; i++) {
		__u8 c = km_byte(d, value.at + i);

		if (!km_is_digit(c) || number > 1844674407370955161ull || (number == 1844674407370955161ull && c > '5'))
			return 0;
		number = number * 10 + c - '0';
	}
	return value.length > 0;
}

/* Puts down a line whose name has an id. */
km_shared void km_keep_line(struct km_decide *d, __u32 name, struct km_span value)
{
	__u32 at = d->lines;

	if (at >= KM_LINES) {
		km_end(d, KM_E_TOO_LONG, 0);
		return;
	}
	d->lines = at + 1;
	d->line[at].value = value;
	d->line[at].name = name;
	d->line[at].next = KM_NONE;
	if (name >= KM_H_COUNT)
		return;
	if (d->last[name])
		d->line[d->last[name] - 1].next = at;
	else
		d->first[name] = at + 1;
	d->last[name] = at + 1;
}

/* A value of several lines loses its line ends, in place: the text only gets shorter. */
static __always_inline struct km_span km_unfold(struct km_decide *d, struct km_span value)
{
	__u32 out = value.at;

	for (__u32 at = value.at; at < km_span_end(value); at++) {
		__u8 c = km_byte(d, at);

		if (c == '\r' || c == '\n')
			continue;
		d->text[out++ & KM_TEXT_MASK] = c;
	}
	return km_trim(d, km_span(value.at, out));
}

/* One header with its continuation lines. */
static inline void km_header_field(struct km_decide *d, const struct km_http *http, struct km_span field)
{
	struct km_span name = { field.at, 0 }, value;
	__u32 end = km_span_end(field), at = field.at, id;
	const struct km_header_name *known;
	km_bool underscore = 0, above_ascii = 0;

	for (; at < end && km_byte(d, at) != ':'; at++) {
		if (!km_is_token(km_byte(d, at)) && km_byte(d, at) < 0x80)
			break;
		above_ascii = above_ascii || km_byte(d, at) >= 0x80;
		underscore = underscore || km_byte(d, at) == '_';
	}
	if (at == field.at || at == end || km_byte(d, at) != ':') {
		km_refuse(d, 400);
		return;
	}
	name.length = at - field.at;
	value = km_unfold(d, km_span(at + 1, end));
	id = km_word_find(d, KM_W_HEADER, name);
	if (id == KM_H_CONTENT_LENGTH && (d->first[KM_H_CONTENT_LENGTH] || !km_is_length(d, value))) {
		km_refuse(d, 400);
		return;
	}
	if (!d->late)
		d->late = above_ascii ? 400 : d->counted;
	d->counted = underscore && http->flags & KM_HM_UNDERSCORE_REJECT ? 400 : 0;
	if (underscore && http->flags & (KM_HM_UNDERSCORE_REJECT | KM_HM_UNDERSCORE_DROP))
		return;
	known = id == KM_NONE ? 0 : km_header_at(d->gen, id);
	if (!known || !(known->flags & KM_HN_JOINED) || id >= KM_H_COUNT || !d->first[id])
		d->header_count++;
	if (d->header_count > http->max_headers)
		d->counted = 431;
	if (id != KM_NONE)
		km_keep_line(d, id, value);
}

/* Joined headers: the values of all lines, empty ones left out, as one value of the first line. */
static inline void km_join_lines(struct km_decide *d)
{
	for (__u32 name = 0; name < KM_H_COUNT && !d->out.end; name++) {
		const struct km_header_name *known = km_header_at(d->gen, name);
		__u32 start = d->used, at;

		if (!d->first[name] || d->first[name] == d->last[name] || !known || !(known->flags & KM_HN_JOINED))
			continue;
		for (at = d->first[name] - 1; at < KM_LINES; at = d->line[at].next) {
			if (d->line[at].value.length) {
				if (d->used > start)
					km_put(d, ',');
				km_put_span(d, d->line[at].value);
			}
			if (at + 1 != d->first[name])
				d->line[at].name = KM_NONE;
		}
		at = d->first[name] - 1;
		d->line[at & (KM_LINES - 1)].value = km_span(start, d->used);
		d->line[at & (KM_LINES - 1)].next = KM_NONE;
		d->last[name] = d->first[name];
	}
}

/* Lines end at LF, with or without CR; an empty line ends the head; a line that begins with a blank continues the one before. */
static inline void km_header_lines(struct km_decide *d, const struct km_http *http, __u32 begin, __u32 head_end)
{
	__u32 at = begin;

	for (__u32 i = 0; i < KM_HEAD_BYTES && at < head_end && !d->out.end; i++) {
		__u32 next = km_find(d, km_span(at, head_end), at, '\n') + 1, end = next - 1;

		if (end == at || (end == at + 1 && km_byte(d, at) == '\r'))
			break;
		if (km_byte(d, at) <= ' ') {
			/* Nothing to continue, or no blank. */
			km_refuse(d, 400);
			break;
		}
		while (next < head_end && km_is_blank(km_byte(d, next))) {
			end = km_find(d, km_span(next, head_end), next, '\n');
			next = end + 1;
		}
		km_header_field(d, http, km_span(at, end));
		at = next;
	}
	if (!d->late)
		d->late = d->counted;
	if (!d->out.end && d->late)
		km_refuse(d, d->late);
	if (!d->out.end)
		km_join_lines(d);
}

/* Behind the empty line that ends the head; KM_NONE when it is not within the bytes that may be looked at. */
static inline __u32 km_head_end(const struct km_decide *d, __u32 at, __u32 limit)
{
	for (__u32 i = 0; i < KM_HEAD_BYTES; i++) {
		__u32 end = km_find(d, km_span(at, limit), at, '\n');

		if (end >= limit)
			return KM_NONE;
		if (end == at || (end == at + 1 && km_byte(d, at) == '\r'))
			return end + 1;
		at = end + 1;
	}
	return KM_NONE;
}

/* The bytes are not all there: too many, or still on their way. */
static inline void km_head_missing(struct km_decide *d, const struct km_http *http, __u32 start)
{
	if (d->in.length - start >= http->max_bytes)
		km_refuse(d, 431);
	else
		km_end(d, d->in.length >= KM_HEAD_BYTES ? KM_E_TOO_LONG : KM_E_INCOMPLETE, 0);
}

/* Fills request line and header lines, or ends the decision. The request line is judged as soon as it is there. */
static inline void km_read_head(struct km_decide *d, const struct km_http *http)
{
	__u32 start = 0, limit = d->in.length, end, head_end;

	while (start < d->in.length && (km_byte(d, start) == '\r' || km_byte(d, start) == '\n'))
		start++;
	if (start == d->in.length) {
		km_end(d, KM_E_INCOMPLETE, 0);
		return;
	}
	if (km_byte(d, start) <= ' ') {
		km_refuse(d, 400);
		return;
	}
	if (limit - start > http->max_bytes)
		limit = start + http->max_bytes;
	end = km_find(d, km_span(start, limit), start, '\n');
	if (end >= limit) {
		km_head_missing(d, http, start);
		return;
	}
	if (!km_request_line(d, km_span(start, end), 0)) {
		/* The parser reads on behind a line of three words that Envoy refuses, and may find too many bytes there: those of the first
		 * read, that is, and more than 16 KiB are seldom one. */
		km_bool longer = http->max_bytes <= 16384 && d->in.length - start >= http->max_bytes && km_has_version(d, km_span(start, end));

		km_refuse(d, longer && km_head_end(d, end + 1, limit) == KM_NONE ? 431 : 400);
		return;
	}
	head_end = d->versionless ? end : km_head_end(d, end + 1, limit);
	if (head_end == KM_NONE) {
		km_head_missing(d, http, start);
		return;
	}
	if (km_has_control(d, start, head_end)) {
		km_refuse(d, 400);
		return;
	}
	if (!d->versionless)
		km_header_lines(d, http, end + 1, head_end);
}
