/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Spans of the state's text: comparing, searching, trimming, and writing new text behind the old. */
#pragma once

#include "km_decide_state.h"

static inline __u8 km_lower(__u8 c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static inline km_bool km_is_digit(__u8 c)
{
	return c >= '0' && c <= '9';
}

static inline km_bool km_is_alpha(__u8 c)
{
	return km_lower(c) >= 'a' && km_lower(c) <= 'z';
}

static inline int km_hex(__u8 c)
{
	if (km_is_digit(c))
		return c - '0';
	c = km_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static inline km_bool km_is_blank(__u8 c)
{
	return c == ' ' || c == '\t';
}

static inline km_bool km_is_white(__u8 c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* RFC 9110 5.6.2. */
static inline km_bool km_is_token(__u8 c)
{
	if (km_is_digit(c) || km_is_alpha(c))
		return 1;
	switch (c) {
	case '!': case '#': case '$': case '%': case '&': case '\'': case '*': case '+':
	case '-': case '.': case '^': case '_': case '`': case '|': case '~':
		return 1;
	}
	return 0;
}

static __always_inline struct km_span km_span(__u32 at, __u32 end)
{
	const struct km_span span = { at, end - at };

	return span;
}

static inline __u32 km_span_end(struct km_span span)
{
	return span.at + span.length;
}

/* Whether the span is the literal; `fold` takes letters of the span in any case (the literal is lower case). */
#define km_span_is(d, span, literal, fold) km_span_equals(d, span, literal, sizeof(literal) - 1, fold)

km_shared km_bool km_span_equals(const struct km_decide *d, struct km_span span, const char *text, __u32 length, km_bool fold)
{
	if (span.length != length)
		return 0;
	for (__u32 i = 0; i < length; i++) {
		__u8 c = km_byte(d, span.at + i);

		if ((fold ? km_lower(c) : c) != (__u8)text[i])
			return 0;
	}
	return 1;
}

/* First place of the byte at or behind `from`; the span's end when there is none. */
km_shared __u32 km_find(const struct km_decide *d, struct km_span span, __u32 from, __u8 wanted)
{
	__u32 at = from, end = km_span_end(span);

	for (__u32 i = 0; i < KM_TEXT_BYTES && at < end; i++, at++)
		if (km_byte(d, at) == wanted)
			break;
	return at;
}

/* Last place of the byte; KM_NONE when there is none. */
km_shared __u32 km_find_last(const struct km_decide *d, struct km_span span, __u8 wanted)
{
	for (__u32 i = span.length; i > 0; i--)
		if (km_byte(d, span.at + i - 1) == wanted)
			return span.at + i - 1;
	return KM_NONE;
}

/* Without blanks at both ends. */
static __always_inline struct km_span km_trim(const struct km_decide *d, struct km_span span)
{
	while (span.length > 0 && km_is_blank(km_byte(d, span.at))) {
		span.at++;
		span.length--;
	}
	while (span.length > 0 && km_is_blank(km_byte(d, km_span_end(span) - 1)))
		span.length--;
	return span;
}

/* Appends a byte to the text; 0 and KM_E_TOO_LONG when it is full. */
static inline km_bool km_put(struct km_decide *d, __u8 c)
{
	if (d->used >= KM_TEXT_BYTES) {
		km_end(d, KM_E_TOO_LONG, 0);
		return 0;
	}
	d->text[d->used++ & KM_TEXT_MASK] = c;
	return 1;
}

km_shared km_bool km_put_span(struct km_decide *d, struct km_span span)
{
	for (__u32 i = 0; i < span.length; i++)
		if (!km_put(d, km_byte(d, span.at + i)))
			return 0;
	return 1;
}

/* Appends a literal and gives its span. */
#define km_put_literal(d, literal) km_put_text(d, literal, sizeof(literal) - 1)

km_shared void km_write_text(struct km_decide *d, const char *text, __u32 length)
{
	for (__u32 i = 0; i < length; i++)
		km_put(d, text[i]);
}

static __always_inline struct km_span km_put_text(struct km_decide *d, const char *text, __u32 length)
{
	__u32 start = d->used;

	km_write_text(d, text, length);
	return km_span(start, d->used);
}

/* The bytes of a text of the tables, one after the other. */
struct km_reader {
	const struct km_chunk *chunk;
	__u32 at;
};

static inline __u8 km_read(km_gen_t gen, struct km_reader *reader)
{
	__u32 at = reader->at++;

	if (!reader->chunk || (at & 63) == 0)
		reader->chunk = km_bytes_at(gen, at >> 6);
	return reader->chunk ? reader->chunk->data[at & 63] : 0;
}

km_shared void km_write_stored(struct km_decide *d, __u32 id)
{
	const struct km_text *text = km_text_at(d->gen, id);
	struct km_reader reader = { 0, text ? text->first : 0 };

	for (__u32 i = 0; text && i < text->length && km_put(d, km_read(d->gen, &reader)); i++)
		;
}

/* Appends a text of the tables and gives its span. */
static __always_inline struct km_span km_put_stored(struct km_decide *d, __u32 id)
{
	__u32 start = d->used;

	km_write_stored(d, id);
	return km_span(start, d->used);
}

/* Whether `length` bytes of the state's text from `at` are the table's text; `fold` takes letters in any case (the table's are lower). */
km_shared km_bool km_same(const struct km_decide *d, __u32 at, const struct km_text *text, km_bool fold)
{
	struct km_reader reader = { 0, text->first };

	for (__u32 i = 0; i < text->length; i++) {
		__u8 c = km_byte(d, at + i);

		if ((fold ? km_lower(c) : c) != km_read(d->gen, &reader))
			return 0;
	}
	return 1;
}

km_shared km_bool km_is_text(const struct km_decide *d, struct km_span span, __u32 id, km_bool fold)
{
	const struct km_text *text = km_text_at(d->gen, id);

	return text && text->length == span.length && km_same(d, span.at, text, fold);
}

km_shared km_bool km_begins(const struct km_decide *d, struct km_span span, __u32 id, km_bool fold)
{
	const struct km_text *text = km_text_at(d->gen, id);

	return text && text->length <= span.length && km_same(d, span.at, text, fold);
}

static inline km_bool km_finishes(const struct km_decide *d, struct km_span span, __u32 id, km_bool fold)
{
	const struct km_text *text = km_text_at(d->gen, id);

	return text && text->length <= span.length && km_same(d, km_span_end(span) - text->length, text, fold);
}

static inline km_bool km_holds(const struct km_decide *d, struct km_span span, __u32 id, km_bool fold)
{
	const struct km_text *text = km_text_at(d->gen, id);

	if (!text || text->length > span.length)
		return 0;
	for (__u32 i = 0; i <= span.length - text->length; i++)
		if (km_same(d, span.at + i, text, fold))
			return 1;
	return 0;
}
