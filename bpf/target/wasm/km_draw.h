/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* wasm32: the number that a request draws. The host is asked for each residue, so that it can go through all of them exactly. */
#pragma once

#include "km_target_decide.h"

/* The drawn number modulo `modulus` (at least 1), asked by the fraction of route `id`, or by the weighted target `id`. */
KM_IMPORT(draw) __u32 km_import_draw(__u32 modulus, __u32 weighted, __u32 id);

static inline __u32 km_draw_fraction(struct km_decide *d, __u32 modulus, __u32 route)
{
	(void)d;
	return km_import_draw(modulus, 0, route);
}

static inline __u32 km_draw_weighted(struct km_decide *d, __u32 modulus, __u32 target)
{
	(void)d;
	return km_import_draw(modulus, 1, target);
}
