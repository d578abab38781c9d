/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The request line of HTTP/1, split as Envoy's parser splits it: at runs of bytes up to 0x20. Called by the http_inspector and the head
 * parser. */
#pragma once

#include "km_word.h"

static inline km_bool km_is_path_byte(__u8 c)
{
	return c > ' ' && c < 0x7f;
}

static inline km_bool km_is_host_byte(__u8 c)
{
	if (km_is_digit(c) || km_is_alpha(c))
		return 1;
	switch (c) {
	case '!': case '$': case '%': case '&': case '\'': case '(': case ')': case '*': case '+': case ',': case '-':
	case '.': case ':': case ';': case '=': case '@': case '[': case ']': case '_': case '~':
		return 1;
	}
	return 0;
}

/* Where the host of an absolute target begins; KM_NONE when it does not begin with a scheme. */
static inline __u32 km_after_scheme(const struct km_decide *d, struct km_span target)
{
	__u32 at = target.at, end = km_span_end(target);

	if (!km_is_alpha(km_byte(d, at)))
		return KM_NONE;
	for (; at < end; at++) {
		__u8 c = km_byte(d, at);

		if (!km_is_alpha(c) && !km_is_digit(c) && c != '+' && c != '-' && c != '.')
			break;
	}
	return km_span_is(d, km_span(at, at + 3 <= end ? at + 3 : at), "://", 0) ? at + 3 : KM_NONE;
}

/* The parser's view of a target, before the connection manager's. */
static inline km_bool km_is_target(const struct km_decide *d, struct km_span target, km_bool connect)
{
	__u32 at = target.at, end = km_span_end(target);

	if (target.length == 0)
		return 0;
	if (km_byte(d, at) != '/' && km_byte(d, at) != '*') {
		if (!connect)
			at = km_after_scheme(d, target);
		if (at == KM_NONE)
			return 0;
		for (; at < end && km_byte(d, at) != '/' && km_byte(d, at) != '?'; at++) {
			if (!km_is_host_byte(km_byte(d, at)))
				return 0;
			if (km_byte(d, at) == '@' && at + 1 < end && km_byte(d, at + 1) == '@')
				return 0;
		}
	}
	for (; at < end; at++)
		if (!km_is_path_byte(km_byte(d, at)))
			return 0;
	return 1;
}

static inline km_bool km_is_version(const struct km_decide *d, struct km_span version)
{
	return version.length == 8 && km_span_is(d, km_span(version.at, version.at + 5), "HTTP/", 0) &&
	       km_is_digit(km_byte(d, version.at + 5)) && km_byte(d, version.at + 6) == '.' && km_is_digit(km_byte(d, version.at + 7));
}

static inline __u32 km_skip_blanks(const struct km_decide *d, __u32 at, __u32 end)
{
	while (at < end && km_byte(d, at) <= ' ')
		at++;
	return at;
}

static inline __u32 km_skip_word(const struct km_decide *d, __u32 at, __u32 end)
{
	while (at < end && km_byte(d, at) > ' ')
		at++;
	return at;
}

/* `line` without its line end. `any_method`: http_inspector has looked at the method. 0: refused. */
km_shared km_bool km_request_line(struct km_decide *d, struct km_span line, km_bool any_method)
{
	__u32 end = km_span_end(line), at;
	struct km_span version;

	while (end > line.at && km_byte(d, end - 1) <= ' ')
		end--;
	if (end == line.at || km_byte(d, line.at) <= ' ')
		return 0;
	at = km_skip_word(d, line.at, end);
	d->method = km_span(line.at, at);
	at = km_skip_blanks(d, at, end);
	d->target.at = at;
	at = km_skip_word(d, at, end);
	d->target.length = at - d->target.at;
	version = km_span(km_skip_blanks(d, at, end), end);
	if (!any_method && km_word_find(d, KM_W_METHOD, d->method) == KM_NONE)
		return 0;
	d->connect = km_span_is(d, d->method, "CONNECT", 0);
	d->versionless = version.length == 0;
	/* Envoy asks whether the line ends so, and has checked a version's form. */
	d->http11 = end - line.at >= 8 && km_span_is(d, km_span(end - 8, end), "HTTP/1.1", 0);
	return km_is_target(d, d->target, d->connect) && (d->versionless || km_is_version(d, version));
}

/* Whether a line has three words: method, target, version. */
static inline km_bool km_has_version(const struct km_decide *d, struct km_span line)
{
	__u32 end = km_span_end(line), at = km_skip_word(d, line.at, end);

	at = km_skip_word(d, km_skip_blanks(d, at, end), end);
	return km_skip_blanks(d, at, end) < end;
}
