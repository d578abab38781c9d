/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a connect hook reads, read by a program that can be run in a loop: every record says which generation and which cell change it
 * belongs to (test/kernel/proof.ts writes them), so that a reader can tell when it saw parts of two. */
#include "connect.h"

enum km_proof {
	KM_PROOF_RUNS,
	/* A run of endpoints that is not the one its cell names. */
	KM_PROOF_TORN,
	/* Tables of two generations in one program run. */
	KM_PROOF_MIXED,
	/* Something that is always there was not. */
	KM_PROOF_MISSING,
	KM_PROOF_NUMBERS,
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, KM_PROOF_NUMBERS);
	__type(key, __u32);
	__type(value, __u64);
} km_proof SEC(".maps");

/* More than any run has. */
#define KM_PROOF_STEPS 16

static __always_inline int km_proof_count(enum km_proof what)
{
	__u32 index = what;
	__u64 *number = bpf_map_lookup_elem(&km_proof, &index);

	if (number)
		*number += 1;
	return what;
}

/* What a record of a run says of itself, in either form. */
struct km_stamped {
	/* Generation, records of the run, place in it. */
	__u32 stamp, count, index;
	/* Of the cell that names it. */
	__u32 tag;
};

static __always_inline km_bool km_stamped_at(km_gen_t gen, __u64 run, __u32 index, struct km_stamped *stamped)
{
	const struct km_endpoint4 *four;
	const struct km_endpoint *wide;
	__u32 word;

	if (run & KM_CELL_COMPACT) {
		four = (const struct km_endpoint4 *)km_cell_at(gen, (run >> 32) + index);
		if (!four)
			return 0;
		word = four->ip;
		stamped->tag = km_ntohs(four->port);
	} else {
		wide = km_endpoint_at(gen, (run >> 32) + index);
		if (!wide)
			return 0;
		word = wide->ip.w[3];
		stamped->tag = km_ntohs(wide->port);
	}
	stamped->stamp = word & 0xffff;
	stamped->count = word >> 16 & 0xff;
	stamped->index = word >> 24;
	return 1;
}

static __always_inline enum km_proof km_proof_run(km_gen_t gen, __u32 cluster, __u32 stamp)
{
	const struct km_cell *cell = km_cell_at(gen, cluster << gen->cell_shift);
	struct km_stamped at;
	__u32 count, tag;
	__u64 run;

	if (!cell)
		return KM_PROOF_MISSING;
	run = KM_READ_ONCE(cell->run);
	count = run >> 16 & 0xffff;
	tag = run & 0x3fff;
	for (__u32 i = 0; i < KM_PROOF_STEPS && i < count; i++) {
		if (!km_stamped_at(gen, run, i, &at))
			return KM_PROOF_MISSING;
		if (at.stamp != stamp)
			return KM_PROOF_MIXED;
		if (at.tag != tag || at.count != count || at.index != i)
			return KM_PROOF_TORN;
	}
	return KM_PROOF_RUNS;
}

SEC("tc") int km_prove(void *ctx)
{
	km_gen_t gen = km_generation();
	const struct km_split *split;
	__u32 stamp, listener, cluster;
	struct km_endpoint picked;
	struct km_leaf leaf;
	enum km_proof found;

	(void)ctx;
	km_proof_count(KM_PROOF_RUNS);
	if (!gen)
		return km_proof_count(KM_PROOF_MISSING);
	stamp = gen->virtual4.target;
	/* 10.0.0.0 and on, one address a cluster. */
	cluster = km_random_u32() % gen->clusters;
	km_service4(gen, km_be32(0x0a000000u + cluster), km_be32(80) >> 16, &leaf, &listener);
	if (leaf.verdict != KM_V_DIRECT)
		return km_proof_count(KM_PROOF_MISSING);
	split = km_split_at(gen, 0);
	if (!split)
		return km_proof_count(KM_PROOF_MISSING);
	if (listener != stamp || split->entry != stamp)
		return km_proof_count(KM_PROOF_MIXED);
	if (km_cluster_pick(gen, leaf.target, &picked) != KM_R_FORWARDED)
		return km_proof_count(KM_PROOF_MISSING);
	if ((picked.ip.w[3] & 0xffff) != stamp)
		return km_proof_count(KM_PROOF_MIXED);
	found = km_proof_run(gen, leaf.target, stamp);
	return found == KM_PROOF_RUNS ? 0 : km_proof_count(found);
}
