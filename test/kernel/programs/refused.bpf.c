/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The verifier refuses this: a map value is used without asking whether it is there. */
#include "km_target.h"

SEC("tc") int km_refused(void *ctx)
{
	__u32 index = 3;
	struct km_cpu *cpu = bpf_map_lookup_elem(&km_cpu, &index);

	(void)ctx;
	return cpu->random;
}

char km_license[] SEC("license") = "Dual BSD/GPL";
