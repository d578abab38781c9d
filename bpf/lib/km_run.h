/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Searching a run: contiguous records that partition the draws of a 32-bit random number, or the addresses, or the ports. */
#pragma once

#include "km_target.h"

/* A run has at most 65,535 records (KM_MAX_RUN_LENGTH): 16 halvings find one. */
#define KM_RUN_STEPS 16

/* The target of a weighted run for one draw; KM_V_NONE when the table is broken. */
static __always_inline void km_split_pick(km_gen_t gen, __u32 first, __u32 draw, struct km_leaf *leaf)
{
	km_map_t map = km_split_map(gen);
	const struct km_split *at = km_split_in(map, first);
	__u32 low = 0, high;

	leaf->verdict = KM_V_NONE;
	if (!at)
		return;
	high = at->count - 1;
	for (int step = 0; step < KM_RUN_STEPS && low < high; step++) {
		__u32 middle = (low + high) >> 1;

		at = km_split_in(map, first + middle);
		if (!at)
			return;
		if (draw <= at->upto)
			high = middle;
		else
			low = middle + 1;
	}
	at = km_split_in(map, first + low);
	if (!at)
		return;
	leaf->verdict = at->verdict;
	leaf->reason = at->reason;
	leaf->target = at->target;
}

static __always_inline __u64 km_ip_half(const struct km_ip *ip, int first)
{
	return (__u64)km_ntohl(ip->w[first]) << 32 | km_ntohl(ip->w[first + 1]);
}

/* a <= b as numbers. */
static __always_inline km_bool km_ip_up_to(const struct km_ip *a, const struct km_ip *b)
{
	__u64 x = km_ip_half(a, 0), y = km_ip_half(b, 0);

	return x == y ? km_ip_half(a, 2) <= km_ip_half(b, 2) : x < y;
}

/* The interval that holds `key`; KM_V_NONE when the table is broken. */
static __always_inline void km_range_pick(km_gen_t gen, __u32 first, const struct km_ip *key, struct km_leaf *leaf)
{
	km_map_t map = km_range_map(gen);
	const struct km_range *at = km_range_in(map, first);
	__u32 low = 0, high;

	leaf->verdict = KM_V_NONE;
	if (!at)
		return;
	high = at->count - 1;
	for (int step = 0; step < KM_RUN_STEPS && low < high; step++) {
		__u32 middle = (low + high) >> 1;

		at = km_range_in(map, first + middle);
		if (!at)
			return;
		if (km_ip_up_to(key, &at->last))
			high = middle;
		else
			low = middle + 1;
	}
	at = km_range_in(map, first + low);
	if (!at)
		return;
	leaf->verdict = at->verdict;
	leaf->reason = at->reason;
	leaf->target = at->target;
}

/* Ports are searched as addresses whose low 16 bits are the port. */
static __always_inline void km_port_pick(km_gen_t gen, __u32 first, __be16 port, struct km_leaf *leaf)
{
	const struct km_ip key = { { 0, 0, 0, (__u32)port << 16 } };

	km_range_pick(gen, first, &key, leaf);
}
