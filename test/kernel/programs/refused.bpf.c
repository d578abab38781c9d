/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The verifier refuses this: a map value is used without asking whether it is there. */
#include "km_target.h"

SEC("tc") int km_refused(void *ctx)
{
	__u32 index = 3;
	__u64 *counter = bpf_map_lookup_elem(&km_counter, &index);

	(void)ctx;
	return *counter;
}

char km_license[] SEC("license") = "Dual BSD/GPL";
