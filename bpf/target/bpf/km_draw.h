/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF: the number that a request draws, once: Envoy asks the same number of every fraction and weight on the way. */
#pragma once

#include "km_target_decide.h"

static inline __u64 km_drawn(struct km_decide *d)
{
	if (!d->has_draw) {
		d->has_draw = 1;
		d->draw = (__u64)km_random_u32() << 32 | km_random_u32();
	}
	return d->draw;
}

static inline __u32 km_draw_fraction(struct km_decide *d, __u32 modulus, __u32 route)
{
	(void)route;
	return modulus ? km_drawn(d) % modulus : 0;
}

static inline __u32 km_draw_weighted(struct km_decide *d, __u32 modulus, __u32 target)
{
	(void)target;
	return modulus ? km_drawn(d) % modulus : 0;
}
