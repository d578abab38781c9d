/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a tls_inspector reads from the first bytes: RFC 8446 4.1.2 (ClientHello), RFC 6066 3 (server name), RFC 7301 3.1 (protocols). */
#pragma once

#include "km_text.h"

enum km_hello {
	KM_HELLO_NONE = 0,
	KM_HELLO_TAKEN = 1,
	KM_HELLO_INCOMPLETE = 2,
	/* The inspector closes the connection. */
	KM_HELLO_CLOSED = 3,
};

#define KM_TLS_CLIENT_HELLO 0x01

static inline __u32 km_be16_at(const struct km_decide *d, __u32 at)
{
	return km_byte(d, at) << 8 | km_byte(d, at + 1);
}

/* A length-prefixed vector at `at`; `at` moves behind it. 0: it does not fit before `end`. */
static inline km_bool km_vector(const struct km_decide *d, __u32 *at, __u32 end, int prefix, struct km_span *out)
{
	__u32 length;

	if (*at + prefix > end)
		return 0;
	length = prefix == 1 ? km_byte(d, *at) : km_be16_at(d, *at);
	if (*at + prefix + length > end)
		return 0;
	*out = km_span(*at + prefix, *at + prefix + length);
	*at += prefix + length;
	return 1;
}

/* One host name of 1 to 255 bytes without NUL, as BoringSSL wants it; 0: malformed. */
static inline km_bool km_read_names(struct km_decide *d, struct km_span content)
{
	struct km_span list, name;
	__u32 at = content.at;

	if (!km_vector(d, &at, km_span_end(content), 2, &list) || at != km_span_end(content))
		return 0;
	if (list.length < 3 || km_byte(d, list.at) != 0)
		return 0;
	at = list.at + 1;
	if (!km_vector(d, &at, km_span_end(list), 2, &name) || at != km_span_end(list))
		return 0;
	if (!name.length || name.length > 255 || km_find(d, name, name.at, 0) != km_span_end(name))
		return 0;
	d->inspected.server_name = name;
	return 1;
}

/* Whether an extension before `end` has this type. */
static inline km_bool km_has_extension(const struct km_decide *d, __u32 at, __u32 end, __u32 type)
{
	for (__u32 i = 0; i < KM_HEAD_BYTES && at < end; i++) {
		if (km_be16_at(d, at) == type)
			return 1;
		at += 4 + km_be16_at(d, at + 2);
	}
	return 0;
}

/* Protocols count all or none. */
static inline void km_read_protocols(struct km_decide *d, struct km_span content)
{
	struct km_span list, protocol;
	__u32 at = content.at;

	if (!km_vector(d, &at, km_span_end(content), 2, &list) || at != km_span_end(content))
		return;
	at = list.at;
	while (at < km_span_end(list)) {
		if (!km_vector(d, &at, km_span_end(list), 1, &protocol) || !protocol.length) {
			d->inspected.protocols = 0;
			return;
		}
		if (d->inspected.protocols >= KM_PROTOCOLS) {
			km_end(d, KM_E_TOO_LONG, 0);
			return;
		}
		d->inspected.alpn[d->inspected.protocols++ & (KM_PROTOCOLS - 1)] = protocol;
	}
}

/* RFC 9849 5: an outer one is well formed; what it hides is not read. */
static inline km_bool km_is_encrypted_hello(const struct km_decide *d, struct km_span content)
{
	__u32 at = content.at + 6, end = km_span_end(content);
	struct km_span part;

	if (!content.length || km_byte(d, content.at) != 0)
		return content.length > 0;
	return km_vector(d, &at, end, 2, &part) && km_vector(d, &at, end, 2, &part) && at == end;
}

/* TLS 1.0 to 1.3, said in the old place. */
static inline km_bool km_is_tls_version(__u32 version)
{
	return version >= 0x301 && version <= 0x304;
}

/* What is malformed for BoringSSL (duplicate extensions, bytes left over...) counts as no TLS. */
static inline enum km_hello km_read_hello_body(struct km_decide *d, __u32 at, __u32 end)
{
	struct km_span session, ciphers, methods, extensions, content;
	__u32 version = km_be16_at(d, at);

	d->inspected.protocols = 0;
	d->inspected.server_name.length = 0;
	/* The version and random. */
	at += 34;
	if (!km_vector(d, &at, end, 1, &session) || !km_vector(d, &at, end, 2, &ciphers) || !km_vector(d, &at, end, 1, &methods))
		return KM_HELLO_NONE;
	if (session.length > 32 || !ciphers.length || ciphers.length & 1 || !methods.length)
		return KM_HELLO_NONE;
	if (at == end)
		return km_is_tls_version(version) ? KM_HELLO_TAKEN : KM_HELLO_CLOSED;
	if (!km_vector(d, &at, end, 2, &extensions) || at != end)
		return KM_HELLO_NONE;
	at = extensions.at;
	for (__u32 i = 0; i < KM_HEAD_BYTES && at < km_span_end(extensions); i++) {
		__u32 start = at, type = km_be16_at(d, at);

		at += 2;
		if (!km_vector(d, &at, km_span_end(extensions), 2, &content) || km_has_extension(d, extensions.at, start, type))
			return KM_HELLO_NONE;
		if (type == 0 && !km_read_names(d, content))
			return KM_HELLO_NONE;
		if (type == 0xfe0d && !km_is_encrypted_hello(d, content))
			return KM_HELLO_NONE;
		if (type == 16)
			km_read_protocols(d, content);
	}
	return km_is_tls_version(version) ? KM_HELLO_TAKEN : KM_HELLO_CLOSED;
}

/* The ClientHello in the form of SSL 2.0 (RFC 5246 E.2): of its ciphers, three bytes each, those of TLS begin with 0. */
static inline enum km_hello km_read_old_hello(const struct km_decide *d, __u32 limit)
{
	__u32 length = km_be16_at(d, 0) & 0x7fff, ciphers = km_be16_at(d, 5), at = 11;

	if (length < 3 || length > 4096)
		return KM_HELLO_NONE;
	if (2 + length > limit)
		return KM_HELLO_INCOMPLETE;
	if (length < 9 || 9 + ciphers + km_be16_at(d, 7) + km_be16_at(d, 9) != length || ciphers % 3)
		return KM_HELLO_NONE;
	for (__u32 i = 0; i < KM_HEAD_BYTES && at < 11 + ciphers; i++) {
		if (!km_byte(d, at))
			return km_is_tls_version(km_be16_at(d, 3)) ? KM_HELLO_TAKEN : KM_HELLO_CLOSED;
		at += 3;
	}
	return KM_HELLO_NONE;
}
