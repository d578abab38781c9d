/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Code and data switch together: an entry program acts only on a generation of its own shape, and else hands over to the program that
 * was compiled for it. */
#pragma once

#include "km_target.h"

/* This object's place in km_prog4 and km_prog6. The daemon writes it into the instruction before the program is loaded: a variable would
 * be a page and a cache line more that every connection waits for. */
static __always_inline __u32 km_shape_slot(void)
{
	__u64 slot;

	asm volatile("%0 = %1" : "=r"(slot) : "i"(KM_SHAPE_MARK));
	return slot;
}

/* Written by the daemon before it publishes a generation of a new shape: entry programs of connect4 by shape slot. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, KM_SHAPE_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
} km_prog4 SEC(".maps");

/* The same for connect6. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, KM_SHAPE_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
} km_prog6 SEC(".maps");

/* The published generation if it is of this program's shape. Otherwise hands over and, where that fails or there is none, gives 0: the
 * caller lets the connection go on. */
static __always_inline km_gen_t km_enter(struct bpf_sock_addr *ctx, void *programs, enum km_reason *reason)
{
	km_gen_t gen = km_generation();
	__u32 slot;

	if (!gen) {
		*reason = KM_R_NO_GENERATION;
		return 0;
	}
	slot = gen->shape_slot;
	if (slot == km_shape_slot())
		return gen;
	bpf_tail_call(ctx, programs, slot);
	*reason = KM_R_TAIL_MISS;
	return 0;
}
