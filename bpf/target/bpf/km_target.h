/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF: the accessors and services that lib/ needs, by maps and helpers. */
#pragma once

#include "km_generation.h"
#include "km_pools.h"

/* Written by the daemon; of the control words one by programs. One map, so that every connection reads one page: each page more is a walk
 * of the page tables. A variable, so that its address is in the instructions: the runtime knows the map by the name behind `.data.`. */
struct km_root km_root SEC(".data.km_root");

_Static_assert(sizeof(km_root.place) == KM_HEADER_SLOTS * sizeof(struct km_header_place) &&
		       !(KM_HEADER_SLOTS & (KM_HEADER_SLOTS - 1)),
	       "km_root has a power of two of places");

#define KM_COUNTERS (sizeof(((struct km_cpu *)0)->counter) / sizeof(__u64))
_Static_assert(KM_REASONS <= KM_COUNTERS && !(KM_COUNTERS & (KM_COUNTERS - 1)), "km_cpu has a power of two of counters, one for each reason");

/* Written by programs; the daemon reads the counters, summed. Survives generations. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct km_cpu);
} km_cpu SEC(".maps");

static __always_inline struct km_cpu *km_cpu_of(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&km_cpu, &zero);
}

/* The published generation, or 0. Ask once a run and hand the result on: a second time may give another one. */
static __always_inline km_gen_t km_generation(void)
{
	__u64 value = KM_READ_ONCE(km_root.published);
	km_gen_t gen;

	if (!(value >> 32))
		return 0;
	gen = &km_root.place[value & (KM_HEADER_SLOTS - 1)].header;
	return gen->generation == (__u32)(value >> 32) ? gen : 0;
}

static __always_inline const struct km_header *km_header_of(km_gen_t gen)
{
	return gen;
}

#define km_table_count(gen, table) ((gen)->count[table])

/* Splitmix (Steele, Lea, Flood, 2014) from a start that the kernel draws: the kernel's own generator costs 45 to 75 ns more a draw. Who is
 * interrupted between load and store may draw what another one drew. */
static __always_inline __u32 km_random_u32(void)
{
	struct km_cpu *cpu = km_cpu_of();
	__u64 state;

	if (!cpu)
		return bpf_get_prandom_u32();
	state = cpu->random;
	if (__builtin_expect(!state, 0))
		state = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();
	state += 0x9e3779b97f4a7c15ull;
	cpu->random = state;
	state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9ull;
	state = (state ^ state >> 27) * 0x94d049bb133111ebull;
	return state >> 32;
}

static __always_inline void km_count(enum km_reason reason)
{
	struct km_cpu *cpu = km_cpu_of();

	if (cpu)
		cpu->counter[reason & (KM_COUNTERS - 1)] += 1;
}
