/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel room's tests load: pools, a program array, a constant, a hook and a program that can be test-run. */
#include "km_entry.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} km_seen SEC(".maps");

static __always_inline void km_see(__u64 value)
{
	__u32 zero = 0;

	bpf_map_update_elem(&km_seen, &zero, &value, BPF_ANY);
}

const volatile __u32 km_constant = 0;

/* Refuses port 1, notes the shape slot otherwise. */
SEC("cgroup/connect4") int km_room4(struct bpf_sock_addr *ctx)
{
	km_see(100 + km_shape_slot());
	return ctx->user_port != 0x0100;
}

/* The first record of pool cell's slot 0. */
SEC("tc") int km_room_tc(void *ctx)
{
	__u32 zero = 0;
	void *inner = bpf_map_lookup_elem(&km_p_cell, &zero);
	__u64 *run = inner ? bpf_map_lookup_elem(inner, &zero) : 0;

	(void)ctx;
	km_see(run ? KM_READ_ONCE(*run) : ~0ull);
	return 10 * km_constant + km_shape_slot();
}

/* A tail call into km_prog4: what is not there is a miss. */
SEC("cgroup/connect6") int km_room6(struct bpf_sock_addr *ctx)
{
	bpf_tail_call(ctx, &km_prog6, 3);
	return 1;
}

char km_license[] SEC("license") = "Dual BSD/GPL";
