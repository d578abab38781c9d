/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From target to cluster: one, a weighted choice, or the one that a header names. */
#pragma once

#include "km_route.h"

/* The cluster that a header names; KM_NONE when there is none. */
static inline __u32 km_cluster_of_header(const struct km_decide *d, __u32 name)
{
	struct km_span value = { 0, 0 };

	km_header_value(d, name, &value);
	return km_word_find(d, KM_W_CLUSTER, value);
}

/* The only line of the header as a number modulo the sum. 0: no such number, a draw decides. */
static inline km_bool km_header_number(const struct km_decide *d, __u32 name, __u32 total, __u32 *out)
{
	struct km_span value = { 0, 0 };
	__u64 number = 0;
	__u32 at, end, lines = km_pseudo(d, name, &value);

	for (__u32 i = 0; i < d->lines && i < KM_LINES; i++)
		if (d->line[i].name == name) {
			value = d->line[i].value;
			lines++;
		}
	if (lines != 1 || !total)
		return 0;
	at = value.at;
	end = km_span_end(value);
	if (at < end && km_byte(d, at) == '+')
		at++;
	if (!km_is_length(d, km_span(at, end)))
		return 0;
	for (; at < end; at++)
		number = number * 10 + km_byte(d, at) - '0';
	*out = number % total;
	return 1;
}

/* The entry whose part of the cumulative weights holds the number. */
static inline const struct km_share *km_share_of(km_gen_t gen, const struct km_target *target, __u32 number)
{
	__u32 low = 0, high = target->count - 1;

	for (int step = 0; step < KM_SEARCH_STEPS && low < high; step++) {
		__u32 middle = (low + high) >> 1;
		const struct km_share *share = km_share_at(gen, target->value + middle);

		if (!share)
			return 0;
		if (number < share->upto)
			high = middle;
		else
			low = middle + 1;
	}
	return km_share_at(gen, target->value + low);
}

/* A cluster id; KM_NONE where there is no such cluster. Sets the entry that was drawn. */
static inline __u32 km_pick_cluster(struct km_decide *d, __u32 id)
{
	const struct km_target *target = km_target_at(d->gen, id);
	const struct km_share *share;
	__u32 number;

	if (!target) {
		km_end(d, KM_E_BROKEN, 0);
		return KM_NONE;
	}
	if (target->kind == KM_G_CLUSTER)
		return target->value;
	if (target->kind == KM_G_HEADER)
		return km_cluster_of_header(d, target->value);
	if (target->header == KM_NONE || !km_header_number(d, target->header, target->total, &number))
		number = km_draw_weighted(d, target->total, id);
	share = km_share_of(d->gen, target, number);
	if (!share) {
		km_end(d, KM_E_BROKEN, 0);
		return KM_NONE;
	}
	d->out.entry = share->entry;
	return share->kind == KM_G_CLUSTER ? share->value : km_cluster_of_header(d, share->value);
}
