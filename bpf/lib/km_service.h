/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which listener takes a destination: exact address and port, else the family's wildcard with that port, else the virtual listener.
 * Called by the connect hooks and the simulator; reads tables svc4 and svc6, changes nothing. */
#pragma once

#include "km_hash.h"
#include "km_target.h"

/* A slot's key, verdict and reason in one load: ip 0..31, port 32..47, verdict 48..55, reason 56..63. */
typedef __u64 __attribute__((may_alias)) km_slot_word;
_Static_assert(!__builtin_offsetof(struct km_svc4_slot, ip) && __builtin_offsetof(struct km_svc4_slot, port) == 4 &&
		       __builtin_offsetof(struct km_svc4_slot, verdict) == 6,
	       "km_slot_word is the start of km_svc4_slot");

/* Whether table svc4 or svc6 can have the port: of most connections that no listener takes, this is all there is to ask. */
static __always_inline km_bool km_port_known(const struct km_header *header, __be16 port)
{
	return *(const km_slot_word *)header->ports >> (km_ntohs(port) & 63) & 1;
}

/* A loop instead of two copies of the comparison: a connection meets code that is not in the cache. */
static __always_inline const struct km_svc4_slot *km_svc4_lookup(km_gen_t gen, km_map_t map, __be32 ip, __be16 port)
{
	const struct km_header *header = km_header_of(gen);
	__u32 hash = km_hash_socket4(header->svc4_seed, ip, port);
	__u64 key = (__u64)ip << 16 | (__u64)port << 48;

#pragma clang loop unroll(disable)
	for (int probe = 0; probe < 2; probe++) {
		const struct km_svc4_bucket *bucket = km_svc4_in(map, hash & header->svc4_mask);

		if (!bucket)
			return 0;
#pragma unroll
		for (int i = 0; i < 4; i++) {
			const struct km_svc4_slot *slot = &bucket->slot[i];

			/* An empty place has the key 0, and no other place comes behind one. */
			if (*(const km_slot_word *)slot << 16 == key)
				return slot->verdict ? slot : 0;
		}
		/* Only keys of a full bucket are in their second one, and places are filled from the first. */
		if (!bucket->slot[3].verdict)
			return 0;
		hash = km_hash_second(hash);
	}
	return 0;
}

static __always_inline km_bool km_ip_equal(const struct km_ip *a, const struct km_ip *b)
{
	return a->w[3] == b->w[3] && a->w[2] == b->w[2] && a->w[1] == b->w[1] && a->w[0] == b->w[0];
}

static __always_inline km_bool km_svc6_lookup(km_gen_t gen, km_map_t map, const struct km_ip *ip, __be16 port, struct km_leaf *leaf, __u32 *listener)
{
	const struct km_header *header = km_header_of(gen);
	__u32 hash = km_hash_add(header->svc6_seed, ip->w[0]);

	hash = km_hash_add(hash, ip->w[1]);
	hash = km_hash_add(hash, ip->w[2]);
	hash = km_hash_add(hash, ip->w[3]);
	hash = km_hash_add(hash, port);
	for (int probe = 0; probe < 2; probe++) {
		const struct km_svc6_bucket *bucket = km_svc6_in(map, hash & header->svc6_mask);

		if (!bucket)
			return 0;
#pragma unroll
		for (int i = 0; i < 2; i++) {
			const struct km_svc6_slot *slot = &bucket->slot[i];

			if (slot->port != port || !slot->verdict || !km_ip_equal(&slot->ip, ip))
				continue;
			leaf->verdict = slot->verdict;
			leaf->reason = slot->reason;
			leaf->target = slot->target;
			*listener = slot->listener;
			return 1;
		}
		if (!bucket->slot[1].verdict)
			return 0;
		hash = km_hash_second(hash);
	}
	return 0;
}

static __always_inline const struct km_svc4_slot *km_svc4_find(km_gen_t gen, __be32 ip, __be16 port)
{
	const struct km_header *header = km_header_of(gen);
	km_map_t map;

	if (!km_port_known(header, port))
		return 0;
	map = km_svc4_map(gen);
#pragma clang loop unroll(disable)
	for (int wildcard = 0; wildcard < 2; wildcard++) {
		const struct km_svc4_slot *slot = km_svc4_lookup(gen, map, ip, port);

		if (slot || !(header->flags & KM_HF_WILDCARD4))
			return slot;
		ip = 0;
	}
	return 0;
}

/* No listener at all (KM_V_NONE) means that the destination is not ours. `listener` is ~0 for the virtual one. */
static __always_inline void km_service4(km_gen_t gen, __be32 ip, __be16 port, struct km_leaf *leaf, __u32 *listener)
{
	const struct km_svc4_slot *slot = km_svc4_find(gen, ip, port);

	if (!slot) {
		*leaf = km_header_of(gen)->virtual4;
		*listener = ~0u;
		return;
	}
	leaf->verdict = slot->verdict;
	leaf->reason = slot->reason;
	leaf->target = slot->target;
	*listener = slot->listener;
}

static __always_inline void km_service6(km_gen_t gen, const struct km_ip *ip, __be16 port, struct km_leaf *leaf, __u32 *listener)
{
	const struct km_header *header = km_header_of(gen);
	const struct km_ip any = { { 0 } };

	if (km_port_known(header, port)) {
		km_map_t map = km_svc6_map(gen);

		if (km_svc6_lookup(gen, map, ip, port, leaf, listener))
			return;
		if (header->flags & KM_HF_WILDCARD6 && km_svc6_lookup(gen, map, &any, port, leaf, listener))
			return;
	}
	*leaf = header->virtual6;
	*listener = ~0u;
}
