/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the daemon tells the programs of every generation. */
#pragma once

#include "km_target.h"

/* Written by the daemon; of the log's fields one by programs. Shared by all generations, and pinned: it outlives the daemon. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct km_control);
} km_control SEC(".maps");

static __always_inline struct km_control *km_controls(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&km_control, &zero);
}

/* Is the process that connects in the daemon's own cgroup? */
static __always_inline km_bool km_is_daemon(void)
{
	const struct km_control *control = km_controls();
	__u64 cgroup = control ? KM_READ_ONCE(control->daemon_cgroup) : 0;

	return cgroup && cgroup == bpf_get_current_cgroup_id();
}
