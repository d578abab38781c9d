/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Regular expressions: whether the whole span matches, one table step a byte. */
#pragma once

#include "km_text.h"

static inline __u32 km_dfa_next(km_gen_t gen, const struct km_dfa *dfa, __u32 state, __u32 class)
{
	__u32 at = dfa->first + state * dfa->classes + class;
	const struct km_dfa_next *next = km_dfanext_at(gen, at >> 5);

	return next ? next->state[at & 31] : 0;
}

km_shared km_bool km_dfa_takes(const struct km_decide *d, struct km_span span, __u32 id)
{
	const struct km_dfa *dfa = km_dfa_at(d->gen, id);
	const struct km_dfa_map *map;
	__u32 state;

	if (!dfa)
		return 0;
	map = km_dfamap_at(d->gen, dfa->map);
	if (!map)
		return 0;
	state = dfa->start;
	for (__u32 i = 0; i < span.length && state; i++)
		state = km_dfa_next(d->gen, dfa, state, map->class[km_byte(d, span.at + i)]);
	return state && km_dfa_next(d->gen, dfa, state, dfa->classes - 1);
}
