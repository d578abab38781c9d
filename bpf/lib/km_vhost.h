/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which virtual host takes a host name: exact, longest suffix, longest prefix, `*`. A wildcard stands for at least one byte. */
#pragma once

#include "km_http_host.h"

/* Whole name, else longest suffix: the hashes of all suffixes come from one pass from behind. */
static inline __u32 km_vhost_by_suffix(const struct km_decide *d, const struct km_route_table *table, struct km_span host)
{
	struct km_word word = KM_WORD_START;
	__u32 found = KM_NONE, next = 0, whole;

	for (__u32 i = host.length; i > 0; i--) {
		__u32 at = host.at + i - 1, length = host.length - i + 1;
		const struct km_number_item *wanted;

		word = km_word_step(word, km_lower(km_byte(d, at)));
		if (next >= table->suffixes || length >= host.length)
			continue;
		wanted = km_number_at(d->gen, table->first_suffix + next);
		if (wanted && wanted->value == length) {
			__u32 vhost = km_word_value(d, &table->words, KM_W_SUFFIX, word, km_span(at, km_span_end(host)));

			if (vhost != KM_NONE)
				found = vhost;
			next++;
		}
	}
	whole = km_word_value(d, &table->words, KM_W_WHOLE, word, host);
	return whole == KM_NONE ? found : whole;
}

static inline __u32 km_vhost_by_prefix(const struct km_decide *d, const struct km_route_table *table, struct km_span host)
{
	struct km_word word = KM_WORD_START;
	__u32 found = KM_NONE, next = 0;

	for (__u32 length = 1; length < host.length && next < table->prefixes; length++) {
		const struct km_number_item *wanted = km_number_at(d->gen, table->first_prefix + next);

		word = km_word_step(word, km_lower(km_byte(d, host.at + length - 1)));
		if (wanted && wanted->value == length) {
			__u32 vhost = km_word_value(d, &table->words, KM_W_PREFIX, word, km_span(host.at, host.at + length));

			if (vhost != KM_NONE)
				found = vhost;
			next++;
		}
	}
	return found;
}

/* KM_NONE: no virtual host. */
static inline __u32 km_choose_vhost(const struct km_decide *d, const struct km_route_table *table)
{
	struct km_span host = d->authority;
	__u32 vhost;

	/* With nothing but `*` Envoy does not look for the name at all, so that vhost_header plays no part. */
	if (table->flags & KM_RT_ONLY_REST)
		return table->rest;
	if (table->vhost_header != KM_NONE && !km_header_value(d, table->vhost_header, &host))
		return KM_NONE;
	if (table->flags & KM_RT_IGNORE_PORT) {
		__u32 colon = km_port_start(d, host);

		if (colon != KM_NONE)
			host = km_span(host.at, colon);
	}
	vhost = km_vhost_by_suffix(d, table, host);
	if (vhost == KM_NONE)
		vhost = km_vhost_by_prefix(d, table, host);
	return vhost == KM_NONE ? table->rest : vhost;
}
