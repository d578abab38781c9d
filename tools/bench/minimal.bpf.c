/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The yardstick of bench-connect: the least that a connect hook over the same kinds of tables can be. It has one generation for ever, IPv4
 * and equal weights only, and neither wildcards, verdicts, reasons, counters nor getpeername(). */
#include "km_bpf.h"

/* Set before the load: number of buckets minus one. */
const volatile __u32 mask = 0;

struct key {
	__be32 ip;
	__be16 port;
	__u16 pad;
};

struct target {
	__u32 cluster;
	__u32 flags;
};

struct bucket {
	struct key key[4];
	struct target target[4];
};

struct endpoint {
	__be32 ip;
	__be16 port;
	__u16 weight;
};

typedef __u64 __attribute__((may_alias)) word;

/* Variables of the inner maps' types make clang describe them whole. */
const struct bucket type_bucket SEC(".rodata.types");
const struct endpoint type_endpoint SEC(".rodata.types");

#define INNER(name, value_type)                                            \
	struct name {                                                      \
		__uint(type, BPF_MAP_TYPE_ARRAY);                          \
		__uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);       \
		__uint(max_entries, 1);                                    \
		__type(key, __u32);                                        \
		__type(value, value_type);                                 \
	}
#define POOL(name, inner)                                \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); \
		__uint(max_entries, 4);                  \
		__type(key, __u32);                      \
		__array(values, struct inner);           \
	} name SEC(".maps")

INNER(inner_services, struct bucket);
INNER(inner_cells, __u64);
INNER(inner_endpoints, struct endpoint);
POOL(services, inner_services);
POOL(cells, inner_cells);
POOL(endpoints, inner_endpoints);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} root SEC(".maps");

static __always_inline __u32 hash(__u32 ip, __u32 port)
{
	__u64 x = (__u64)ip << 16 ^ port;

	x *= 0x9E3779B97F4A7C15ull;
	x ^= x >> 32;
	x *= 0xD6E8FEB86659FD93ull;
	return x >> 40;
}

static __always_inline int find(void *map, __u32 index, __u64 key)
{
	const struct bucket *bucket = bpf_map_lookup_elem(map, &index);
	int cluster = -1;

	if (!bucket)
		return -1;
#pragma unroll
	for (int i = 0; i < 4; i++)
		if (*(const word *)&bucket->key[i] == key)
			cluster = bucket->target[i].cluster;
	return cluster;
}

SEC("cgroup/connect4") int minimal(struct bpf_sock_addr *ctx)
{
	struct key key = { .ip = ctx->user_ip4, .port = ctx->user_port };
	__u32 zero = 0, slot, mixed, index;
	const struct endpoint *endpoint;
	const __u64 *cell;
	__u64 *at, run;
	void *map;
	int found;

	at = bpf_map_lookup_elem(&root, &zero);
	if (!at)
		return 1;
	slot = KM_READ_ONCE(*at) & 3;
	map = bpf_map_lookup_elem(&services, &slot);
	if (!map)
		return 1;
	mixed = hash(km_ntohl(key.ip), 80);
	found = find(map, mixed & mask, *(const word *)&key);
	if (found < 0)
		found = find(map, mixed >> 12 & mask, *(const word *)&key);
	if (found < 0)
		return 1;
	map = bpf_map_lookup_elem(&cells, &slot);
	if (!map)
		return 1;
	index = found;
	cell = bpf_map_lookup_elem(map, &index);
	if (!cell)
		return 1;
	run = KM_READ_ONCE(*cell);
	if (!(run >> 16 & 0xffff))
		return 0;
	index = (__u32)(run >> 32) + (__u32)((__u64)bpf_get_prandom_u32() * (run >> 16 & 0xffff) >> 32);
	map = bpf_map_lookup_elem(&endpoints, &slot);
	if (!map)
		return 1;
	endpoint = bpf_map_lookup_elem(map, &index);
	if (!endpoint)
		return 1;
	ctx->user_ip4 = endpoint->ip;
	ctx->user_port = endpoint->port;
	return 1;
}

char minimal_license[] SEC("license") = "Dual BSD/GPL";
