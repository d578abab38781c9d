/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A client's TLS records, joined as BoringSSL joins them for a tls_inspector (RFC 8446 5.1), up to the end of the first message. */
#pragma once

#include "km_tls_hello.h"

#define KM_TLS_ALERT 0x15
#define KM_TLS_HANDSHAKE 0x16
#define KM_TLS_RECORD_BYTES (16384 + 256 + 64)
#define KM_TLS_MESSAGE_BYTES 16384

/* Unit: bytes that a tls_inspector looks at. What they don't decide is not waited for. */
#define KM_TLS_MOST 16384

/* So many records without content, or warnings, are passed over until one with content comes. */
#define KM_TLS_EMPTY_RECORDS 32
#define KM_TLS_WARNINGS 4

/* What is behind the text from `start` on: KM_HELLO_INCOMPLETE if a message has not ended there. */
static inline enum km_hello km_read_message(struct km_decide *d, __u32 start)
{
	__u32 have = d->used - start, wanted;
	enum km_hello found;

	if (have < 4)
		return KM_HELLO_INCOMPLETE;
	wanted = km_byte(d, start + 1) << 16 | km_be16_at(d, start + 2);
	if (have < 4 + wanted)
		return wanted > KM_TLS_MESSAGE_BYTES ? KM_HELLO_NONE : KM_HELLO_INCOMPLETE;
	/* A message ends where its last record does. */
	if (have > 4 + wanted || km_byte(d, start) != KM_TLS_CLIENT_HELLO)
		return KM_HELLO_NONE;
	found = km_read_hello_body(d, start + 4, start + have);
	if (found != KM_HELLO_TAKEN) {
		d->inspected.protocols = 0;
		d->inspected.server_name.length = 0;
	}
	return found;
}

/* RFC 8446 6: level and description. KM_HELLO_INCOMPLETE: a warning, which is passed over. */
static inline enum km_hello km_read_alert(struct km_decide *d, __u32 at, __u32 length)
{
	if (length != 2 || km_byte(d, at) != 1)
		return KM_HELLO_NONE;
	if (km_byte(d, at + 1) == 0)
		return KM_HELLO_CLOSED;
	d->inspected.warnings++;
	return d->inspected.warnings > KM_TLS_WARNINGS ? KM_HELLO_NONE : KM_HELLO_INCOMPLETE;
}

/* Joins a handshake record's content behind the text. KM_HELLO_INCOMPLETE: the next one is wanted. */
static inline enum km_hello km_join_record(struct km_decide *d, __u32 start, struct km_span content)
{
	if (!content.length) {
		d->inspected.empty_records++;
		return d->inspected.empty_records > KM_TLS_EMPTY_RECORDS ? KM_HELLO_NONE : KM_HELLO_INCOMPLETE;
	}
	d->inspected.empty_records = 0;
	d->inspected.warnings = 0;
	km_put_span(d, content);
	return d->out.end ? KM_HELLO_NONE : km_read_message(d, start);
}

/* A record's header and what it claims must be there before its type is looked at. */
static inline enum km_hello km_read_records(struct km_decide *d, __u32 limit)
{
	__u32 start = d->used, at = 0;

	d->inspected.empty_records = 0;
	d->inspected.warnings = 0;
	for (__u32 i = 0; i < KM_HEAD_BYTES; i++) {
		enum km_hello found = KM_HELLO_NONE;
		__u32 length;

		if (at + 5 > limit)
			return KM_HELLO_INCOMPLETE;
		length = km_be16_at(d, at + 3);
		if (km_byte(d, at + 1) != 3 || length > KM_TLS_RECORD_BYTES)
			return KM_HELLO_NONE;
		if (at + 5 + length > limit)
			return KM_HELLO_INCOMPLETE;
		if (km_byte(d, at) == KM_TLS_ALERT)
			found = km_read_alert(d, at + 5, length);
		else if (km_byte(d, at) == KM_TLS_HANDSHAKE)
			found = km_join_record(d, start, km_span(at + 5, at + 5 + length));
		if (found != KM_HELLO_INCOMPLETE)
			return found;
		at += 5 + length;
	}
	return KM_HELLO_INCOMPLETE;
}

/* Fills what the inspector finds. */
static inline enum km_hello km_read_hello(struct km_decide *d)
{
	__u32 limit = d->in.length > KM_TLS_MOST ? KM_TLS_MOST : d->in.length;
	enum km_hello found;

	if (limit >= 5 && km_byte(d, 0) >= 0x80 && km_byte(d, 2) == KM_TLS_CLIENT_HELLO && km_byte(d, 3) == 3)
		found = km_read_old_hello(d, limit);
	else
		found = km_read_records(d, limit);
	if (found == KM_HELLO_INCOMPLETE && limit == KM_TLS_MOST)
		found = KM_HELLO_CLOSED;
	d->inspected.tls = found == KM_HELLO_TAKEN;
	return found;
}
