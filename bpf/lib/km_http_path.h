/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the connection manager does to :path before anything looks at it, in Envoy's order: fragment, escaped slashes, normalize_path,
 * merge_slashes. The query stays as it is. */
#pragma once

#include "km_http_target.h"

/* The value of %XX at `at`; -1 when there is none. */
km_shared int km_escape(const struct km_decide *d, __u32 at, __u32 end)
{
	int high, low;

	if (at + 3 > end || km_byte(d, at) != '%')
		return -1;
	high = km_hex(km_byte(d, at + 1));
	low = km_hex(km_byte(d, at + 2));
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static inline km_bool km_is_unreserved(int c)
{
	return c >= 0 && (km_is_alpha(c) || km_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~');
}

/* %2F and %5C become / and \. Gives the new path; `found` when there was one. */
static __always_inline struct km_span km_unescape_slashes(struct km_decide *d, struct km_span path, km_bool *found)
{
	__u32 start = d->used, end = km_span_end(path);

	for (__u32 at = path.at; at < end; at++) {
		int c = km_escape(d, at, end);

		if (c == '/' || c == '\\') {
			*found = 1;
			at += 2;
		} else {
			c = km_byte(d, at);
		}
		km_put(d, c);
	}
	return km_span(start, d->used);
}

/* Dots at the start of a segment, written as they are or as %2e where `escaped`; gives their number (at most 3) and where they end. */
km_shared __u32 km_dots(const struct km_decide *d, __u32 at, __u32 end, km_bool escaped, __u32 *after)
{
	__u32 dots = 0;

	for (; dots < 3 && at < end; dots++) {
		if (km_byte(d, at) == '.')
			at++;
		else if (escaped && km_escape(d, at, end) == '.')
			at += 3;
		else
			break;
	}
	*after = at;
	return dots;
}

/* Segments `.;x` and `..;x` lose their parameters, so that they count as dot segments. */
static __always_inline struct km_span km_bare_dots(struct km_decide *d, struct km_span path)
{
	__u32 start = d->used, end = km_span_end(path);

	for (__u32 at = path.at; at < end;) {
		__u32 after, dots = km_dots(d, at, end, 0, &after), next = km_find(d, path, at, '/');

		if ((dots == 1 || dots == 2) && after < next && km_byte(d, after) == ';')
			km_put_span(d, km_span(at, after));
		else
			km_put_span(d, km_span(at, next));
		if (next < end)
			km_put(d, '/');
		at = next + 1;
	}
	return km_span(start, d->used);
}

/* Puts down what was unescaped. `behind` is the place behind the last % of the segment that began no escape: that % becomes %25 where it would
 * begin one now. `next` is the byte behind the escape, 0 at the end. */
km_shared void km_put_unescaped(struct km_decide *d, __u8 value, __u8 next, __u32 behind)
{
	__u8 begun = km_byte(d, d->used - 1);
	km_bool pair = d->used == behind + 1;
	int other = d->used == behind ? km_hex(next) : pair ? km_hex(begun) : -1;

	if (km_hex(value) >= 0 && other >= 0) {
		d->used -= pair;
		km_write_text(d, "25", 2);
		if (pair)
			km_put(d, begun);
	}
	km_put(d, value);
}

/* One byte as Chromium's URL canonicaliser writes it; `at` moves behind what was read. 0: the path has no canonical form. */
static inline km_bool km_put_canonical(struct km_decide *d, __u32 *at, __u32 end, __u32 *behind)
{
	__u8 c = km_byte(d, *at);
	int value = km_escape(d, *at, end);

	if (value == 0)
		return 0;
	if (km_is_unreserved(value)) {
		*at += 3;
		km_put_unescaped(d, value, *at < end ? km_byte(d, *at) : 0, *behind);
		return 1;
	}
	*at += 1;
	switch (c) {
	case '"': case '<': case '>': case '^': case '`': case '{': case '|': case '}':
		km_put(d, '%');
		km_put(d, '0' + (c >> 4));
		km_put(d, (c & 15) < 10 ? '0' + (c & 15) : 'A' + (c & 15) - 10);
		return 1;
	case '%':
		if (value < 0)
			*behind = d->used + 1;
	}
	km_put(d, c);
	return 1;
}

static inline km_bool km_is_slash(__u8 c)
{
	return c == '/' || c == '\\';
}

/* Dot segments, unreserved escapes, backslashes. The path begins with a slash. 0: refused. */
static inline km_bool km_canonical(struct km_decide *d, struct km_span *path)
{
	struct km_span in = km_bare_dots(d, *path);
	__u32 start = d->used, at = in.at + 1, end = km_span_end(in);

	km_put(d, '/');
	for (__u32 i = 0; i < KM_TEXT_BYTES && at < end && !d->out.end; i++) {
		__u32 after, behind = 0, dots = km_dots(d, at, end, 1, &after);
		km_bool dot = (dots == 1 || dots == 2) && (after == end || km_is_slash(km_byte(d, after)));

		if (dot) {
			if (dots == 2 && d->used > start + 1)
				for (d->used--; d->used > start + 1 && km_byte(d, d->used - 1) != '/'; d->used--)
					;
			at = after + 1;
			continue;
		}
		while (at < end && !km_is_slash(km_byte(d, at)))
			if (!km_put_canonical(d, &at, end, &behind))
				return 0;
		if (at < end)
			km_put(d, '/');
		at++;
	}
	*path = km_span(start, d->used);
	return 1;
}

/* Empty segments go, but for one slash at each end. */
static __always_inline struct km_span km_merge_slashes(struct km_decide *d, struct km_span path)
{
	__u32 start = d->used, end = km_span_end(path);
	km_bool begun = 0, merged = 0;

	for (__u32 at = path.at; at + 1 < end; at++)
		merged = merged || (km_byte(d, at) == '/' && km_byte(d, at + 1) == '/');
	if (!merged)
		return path;
	if (km_byte(d, path.at) == '/')
		km_put(d, '/');
	for (__u32 at = path.at; at < end; at++) {
		__u8 c = km_byte(d, at);

		if (c == '/')
			continue;
		if (begun && km_byte(d, at - 1) == '/')
			km_put(d, '/');
		km_put(d, c);
		begun = 1;
	}
	if (km_byte(d, end - 1) == '/')
		km_put(d, '/');
	return km_span(start, d->used);
}

/* Puts path and query down as the request's :path. */
static inline void km_set_path(struct km_decide *d, struct km_span path, struct km_span query)
{
	__u32 start = d->used;

	if (km_span_end(path) == query.at) {
		d->path = km_span(path.at, km_span_end(query));
		return;
	}
	km_put_span(d, path);
	km_put_span(d, query);
	d->path = km_span(start, d->used);
}

static inline void km_normalize_path(struct km_decide *d, const struct km_http *http)
{
	__u32 mark = km_find(d, d->path, d->path.at, '?'), end = km_span_end(d->path);
	struct km_span path = km_span(d->path.at, mark), query = km_span(mark, end);
	km_bool found = 0;

	if (km_find(d, d->path, d->path.at, '#') < end) {
		km_refuse(d, 400);
		return;
	}
	if (http->flags & (KM_HM_UNESCAPE | KM_HM_ESCAPE_REJECT | KM_HM_ESCAPE_REDIRECT)) {
		struct km_span unescaped = km_unescape_slashes(d, path, &found);

		if (found && http->flags & KM_HM_ESCAPE_REJECT) {
			km_refuse(d, 400);
			return;
		}
		if (found)
			path = unescaped;
	}
	if (http->flags & KM_HM_NORMALIZE && !km_canonical(d, &path)) {
		km_refuse(d, 400);
		return;
	}
	if (http->flags & KM_HM_MERGE)
		path = km_merge_slashes(d, path);
	if (d->out.end)
		return;
	if (found && http->flags & KM_HM_ESCAPE_REDIRECT) {
		km_end(d, KM_E_REDIRECT_SLASHES, 0);
		return;
	}
	km_set_path(d, path, query);
}
