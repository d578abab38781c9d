/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hash of bucket tables. compiler/layout/hash.ts is the same function; layout's tests compare the two. */
#pragma once

#include "km_types.h"

/* murmur3's finaliser: every input bit reaches every output bit. */
static __always_inline __u32 km_hash_mix(__u32 h)
{
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	h ^= h >> 16;
	return h;
}

static __always_inline __u32 km_hash_add(__u32 h, __u32 word)
{
	return km_hash_mix(h ^ word) + 0x9e3779b9u;
}

/* Of an IPv4 address and a port: one mix, as every connection waits for it. */
static __always_inline __u32 km_hash_socket4(__u32 seed, __be32 ip, __be16 port)
{
	return km_hash_mix((seed ^ ip) + port * 0x9e3779b1u);
}

/* The second bucket of a key whose first hash is h. */
static __always_inline __u32 km_hash_second(__u32 h)
{
	return km_hash_mix(h ^ 0x5bd1e995u);
}
