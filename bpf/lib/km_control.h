/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the daemon tells the programs of every generation. */
#pragma once

#include "km_target.h"

/* Is it the daemon that connects to this port? Its cgroup is asked for only at ports that it connects to: the question costs four dependent
 * loads. */
static __always_inline km_bool km_is_daemon(const struct km_control *control, __be16 port)
{
	__u64 cgroup;

	if (!(KM_READ_ONCE(control->daemon_ports) >> (km_ntohs(port) & 63) & 1))
		return 0;
	cgroup = KM_READ_ONCE(control->daemon_cgroup);
	return cgroup && cgroup == bpf_get_current_cgroup_id();
}
