/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From cluster to endpoint: the cell is read once, in one load, and names a run that is never changed while it may be read. */
#pragma once

#include "km_run.h"

/* Word 2 of an IPv4 address in 16 bytes. */
#define KM_MAPPED km_be32(0x0000ffffu)

/* A record of the run's `count`, each as likely as the others. */
static __always_inline __u32 km_run_any(__u32 first, __u32 count)
{
	return count == 1 ? first : first + (__u32)((__u64)km_random_u32() * count >> 32);
}

/* A record drawn by its share, or 0 when the table is broken. */
static __always_inline const struct km_endpoint *km_run_weighted(km_map_t map, __u32 first, __u32 count)
{
	__u32 low = 0, high = count - 1, draw = km_random_u32();

	for (int step = 0; step < KM_RUN_STEPS && low < high; step++) {
		__u32 middle = (low + high) >> 1;
		const struct km_endpoint *at = km_endpoint_in(map, first + middle);

		if (!at)
			return 0;
		if (draw <= at->upto)
			high = middle;
		else
			low = middle + 1;
	}
	return km_endpoint_in(map, first + low);
}

/* An endpoint drawn by its share: KM_R_FORWARDED, or why there is none. */
static __always_inline enum km_reason km_cluster_pick(km_gen_t gen, __u32 cluster, struct km_endpoint *picked)
{
	km_map_t map = km_cell_map(gen);
	__u32 place = cluster << km_header_of(gen)->cell_shift, first, count;
	const struct km_cell_value *value = km_cell_value_in(map, place / KM_CELLS_PER_VALUE);
	const struct km_endpoint *at;
	__u64 run;

	if (!value)
		return KM_R_BROKEN_TABLE;
	run = KM_READ_ONCE(value->record[place % KM_CELLS_PER_VALUE].run);
	first = run >> 32;
	count = run >> 16 & 0xffff;
	if (!count)
		return KM_R_NO_ENDPOINT;
	if (run & KM_CELL_COMPACT) {
		const struct km_endpoint4 *four;

		/* A compact run mostly lies behind its cell, in the same value: only others are looked up. */
		first = km_run_any(first, count);
		if (first / KM_CELLS_PER_VALUE != place / KM_CELLS_PER_VALUE) {
			value = km_cell_value_in(map, first / KM_CELLS_PER_VALUE);
			if (!value)
				return KM_R_BROKEN_TABLE;
		}
		four = (const struct km_endpoint4 *)&value->record[first % KM_CELLS_PER_VALUE];
		*picked = (struct km_endpoint){ .ip = { { 0, 0, KM_MAPPED, four->ip } }, .port = four->port, .flags = KM_EP_IPV4 };
		return KM_R_FORWARDED;
	}
	map = km_endpoint_map(gen);
	at = run & KM_CELL_UNIFORM ? km_endpoint_in(map, km_run_any(first, count)) : km_run_weighted(map, first, count);
	if (!at)
		return KM_R_BROKEN_TABLE;
	if (at->flags & KM_EP_NONE)
		return KM_R_NO_ENDPOINT;
	*picked = *at;
	return KM_R_FORWARDED;
}
