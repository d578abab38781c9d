/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF: the accessors and services that lib/ needs, by maps and helpers. */
#pragma once

#include "km_generation.h"
#include "km_pools.h"

/* Written by the daemon; of the control words one by programs. One map, so that every connection reads one page: each page more is a walk
 * of the page tables. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct km_root);
} km_root SEC(".maps");

_Static_assert(sizeof(((struct km_root *)0)->place) == KM_HEADER_SLOTS * sizeof(struct km_header_place) &&
		       !(KM_HEADER_SLOTS & (KM_HEADER_SLOTS - 1)),
	       "km_root has a power of two of places");

/* Written by programs, summed and read by the daemon; by KM_R_*. Survives generations. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, KM_REASONS);
	__type(key, __u32);
	__type(value, __u64);
} km_counter SEC(".maps");

static __always_inline struct km_root *km_root_of(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&km_root, &zero);
}

/* The published generation, or 0. Ask once a run and hand the result on: a second time may give another one. */
static __always_inline km_gen_t km_published(const struct km_root *root)
{
	__u64 value = KM_READ_ONCE(root->published);
	km_gen_t gen;

	if (!(value >> 32))
		return 0;
	gen = &root->place[value & (KM_HEADER_SLOTS - 1)].header;
	return gen->generation == (__u32)(value >> 32) ? gen : 0;
}

static __always_inline km_gen_t km_generation(void)
{
	const struct km_root *root = km_root_of();

	return root ? km_published(root) : 0;
}

static __always_inline const struct km_header *km_header_of(km_gen_t gen)
{
	return gen;
}

#define km_table_count(gen, table) ((gen)->count[table])

static __always_inline __u32 km_random_u32(void)
{
	return bpf_get_prandom_u32();
}

static __always_inline void km_count(enum km_reason reason)
{
	__u32 index = reason;
	__u64 *counter = bpf_map_lookup_elem(&km_counter, &index);

	if (counter)
		*counter += 1;
}
