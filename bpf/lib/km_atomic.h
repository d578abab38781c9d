/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What several CPUs change at one time. */
#pragma once

#include "km_types.h"

/* An atomic addition. What clang makes of __sync_fetch_and_add also fetches, which Linux 5.10 does not know. */
static __always_inline void km_add(__u64 *at, __u64 more)
{
	asm volatile("lock *(u64 *)(%0 + 0) += %1" : : "r"(at), "r"(more) : "memory");
}
