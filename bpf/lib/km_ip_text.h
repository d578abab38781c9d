/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* IP addresses in text: RFC 4291 2.2 read, RFC 5952 written. */
#pragma once

#include "km_text.h"

static inline __u8 *km_ip_bytes(struct km_ip *ip)
{
	return (__u8 *)ip->w;
}

/* Dotted decimal into 4 bytes. */
km_shared km_bool km_read_ip4(const struct km_decide *d, struct km_span span, __u8 *out)
{
	__u32 at = span.at, end = km_span_end(span);

	for (int part = 0; part < 4; part++) {
		__u32 value = 0, digits = 0;

		for (; digits < 3 && at < end && km_is_digit(km_byte(d, at)); digits++, at++)
			value = value * 10 + km_byte(d, at) - '0';
		if (digits == 0 || value > 255 || (digits > 1 && km_byte(d, at - digits) == '0'))
			return 0;
		out[part] = value;
		if (part < 3 && (at >= end || km_byte(d, at++) != '.'))
			return 0;
	}
	return at == end;
}

static inline km_bool km_read_ip6(const struct km_decide *d, struct km_span span, struct km_ip *ip)
{
	__u8 *out = km_ip_bytes(ip);
	__u32 at = span.at, end = km_span_end(span), size = 0, gap = KM_NONE;

	if (span.length < 2)
		return 0;
	if (km_byte(d, at) == ':') {
		if (km_byte(d, at + 1) != ':')
			return 0;
		gap = 0;
		at += 2;
	}
	for (int group = 0; group < 9 && at < end; group++) {
		__u32 value = 0, digits = 0, start = at;

		for (; digits < 4 && at < end && km_hex(km_byte(d, at)) >= 0; digits++, at++)
			value = value << 4 | km_hex(km_byte(d, at));
		if (at < end && km_byte(d, at) == '.') {
			if (size > 12 || !km_read_ip4(d, km_span(start, end), out + size))
				return 0;
			size += 4;
			at = end;
			break;
		}
		if (digits == 0 || size > 14)
			return 0;
		out[size++] = value >> 8;
		out[size++] = value;
		if (at == end)
			break;
		if (km_byte(d, at++) != ':' || at == end)
			return 0;
		if (km_byte(d, at) == ':') {
			if (gap != KM_NONE)
				return 0;
			gap = size;
			at++;
		}
	}
	if (at != end || (gap == KM_NONE ? size != 16 : size > 14))
		return 0;
	if (gap != KM_NONE) {
		__u32 moved = size - gap;

		for (__u32 i = 0; i < moved && i < 16; i++)
			out[15 - i] = out[size - 1 - i];
		/* volatile: no loop may become a call of memset, which BPF has not. */
		for (__u32 i = gap; i < 16 - moved; i++)
			*(volatile __u8 *)&out[i] = 0;
	}
	return 1;
}

/* 4 or 6; IPv4 is put down as ::ffff:a.b.c.d. 0: no address. */
km_shared __u32 km_read_ip(const struct km_decide *d, struct km_span span, struct km_ip *ip)
{
	if (km_find(d, span, span.at, ':') < km_span_end(span))
		return km_read_ip6(d, span, ip) ? 6 : 0;
	ip->w[0] = 0;
	ip->w[1] = 0;
	ip->w[2] = __builtin_bswap32(0xffff);
	return km_read_ip4(d, span, km_ip_bytes(ip) + 12) ? 4 : 0;
}

/* Decimal; of 16 bits at most. */
static inline void km_put_number(struct km_decide *d, __u32 value)
{
	for (__u32 unit = 10000; unit; unit /= 10)
		if (value >= unit || unit == 1)
			km_put(d, '0' + value / unit % 10);
}

static inline void km_put_group(struct km_decide *d, __u32 value)
{
	km_bool begun = 0;

	for (int shift = 12; shift >= 0; shift -= 4) {
		__u32 digit = value >> shift & 15;

		begun = begun || digit || shift == 0;
		if (begun)
			km_put(d, digit < 10 ? '0' + digit : 'a' + digit - 10);
	}
}

km_shared void km_write_ip(struct km_decide *d, __u32 family, const struct km_ip *ip)
{
	const __u8 *byte = (const __u8 *)ip->w;
	__u32 from = 8, length = 1;
	km_bool mapped = ip->w[0] == 0 && ip->w[1] == 0 && ip->w[2] == __builtin_bswap32(0xffff);

	if (family == 6 && !mapped) {
		for (__u32 i = 0; i < 8; i++) {
			__u32 run = 0;

			while (i + run < 8 && !byte[2 * (i + run)] && !byte[2 * (i + run) + 1])
				run++;
			if (run > length) {
				from = i;
				length = run;
			}
		}
		for (__u32 i = 0; i < 8; i++) {
			if (i == from) {
				km_put(d, ':');
				i += length - 1;
				if (i == 7)
					km_put(d, ':');
				continue;
			}
			if (i)
				km_put(d, ':');
			km_put_group(d, byte[2 * i] << 8 | byte[2 * i + 1]);
		}
		return;
	}
	if (family == 6)
		km_put_literal(d, "::ffff:");
	for (int i = 12; i < 16; i++) {
		if (i > 12)
			km_put(d, '.');
		km_put_number(d, byte[i]);
	}
}

/* The address as text of the state. */
static __always_inline struct km_span km_put_ip(struct km_decide *d, __u32 family, const struct km_ip *ip)
{
	__u32 start = d->used;

	km_write_ip(d, family, ip);
	return km_span(start, d->used);
}
