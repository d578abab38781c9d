/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From cluster to endpoint: the cell is read once, in one load, and names a run that is never changed while it may be read. */
#pragma once

#include "km_run.h"

/* An endpoint drawn by its share, or 0: `reason` tells why. */
static __always_inline const struct km_endpoint *km_cluster_pick(km_gen_t gen, __u32 cluster, enum km_reason *reason)
{
	const struct km_cell *cell = km_cell_at(gen, cluster);
	const struct km_endpoint *at = 0;
	__u32 first, count, draw;
	km_map_t map;
	__u64 run;

	*reason = KM_R_BROKEN_TABLE;
	if (!cell)
		return 0;
	run = KM_READ_ONCE(cell->run);
	first = run >> 32;
	count = run >> 16 & 0xffff;
	if (!count) {
		*reason = KM_R_NO_ENDPOINT;
		return 0;
	}
	map = km_endpoint_map(gen);
	if (count == 1) {
		at = km_endpoint_in(map, first);
	} else if (run & KM_CELL_UNIFORM) {
		at = km_endpoint_in(map, first + (__u32)((__u64)km_random_u32() * count >> 32));
	} else {
		__u32 low = 0, high = count - 1;

		draw = km_random_u32();
		for (int step = 0; step < KM_RUN_STEPS && low < high; step++) {
			__u32 middle = (low + high) >> 1;

			at = km_endpoint_in(map, first + middle);
			if (!at)
				return 0;
			if (draw <= at->upto)
				high = middle;
			else
				low = middle + 1;
		}
		at = km_endpoint_in(map, first + low);
	}
	if (!at)
		return 0;
	if (at->flags & KM_EP_NONE) {
		*reason = KM_R_NO_ENDPOINT;
		return 0;
	}
	*reason = KM_R_FORWARDED;
	return at;
}
