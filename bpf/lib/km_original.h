/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The address that an application asked for, for getpeername(). Written by the connect hooks for rewritten connections only, read by the
 * getpeername hooks, deleted when the socket is closed.
 *
 * An array with one place a cookie (cookies are counted up, so neighbours in time are neighbours in memory) costs a fifth of a hash or of
 * socket storage; who finds the place taken by a living socket goes to the hash. */
#pragma once

#include "km_atomic.h"
#include "km_target.h"

/* Places: as many rewritten connections can be open at one time before one of them may have to go to the hash. A power of two. */
#define KM_ORIGINAL_PLACES 65536

struct km_original {
	struct km_ip ip;
	__be16 port;
	/* What the connection was rewritten to: an entry of an earlier connect() on the same socket does not fit and is not used (but where the
	 * socket was dissolved and then connected to that very endpoint: clearing it there would cost every connection that is not ours). */
	__be16 peer_port;
	__be32 peer_tail;
};

struct km_place {
	/* Low half: sockets that hold the place, or try to take it. High half: sockets of this place that are in the hash. Only added to. */
	__u64 counts;
	/* The socket that holds the place, or that held it last: cookies are never given twice. */
	__u64 cookie;
	struct km_original original;
};

#define KM_PLACE_HOLDER 1ull
#define KM_PLACE_SPILLED (1ull << 32)

/* Written by connect and sock_release, read by getpeername. By the low bits of the socket cookie. (An earlier km_original had a lock in each
 * place.) */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KM_ORIGINAL_PLACES);
	__type(key, __u32);
	__type(value, struct km_place);
} km_original_p SEC(".maps");

/* The same for sockets that found their place taken. By socket cookie. Beyond its size getpeername() answers the endpoint's own address,
 * counted as KM_R_ORIGINAL_FULL. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct km_original);
} km_original_h SEC(".maps");

static __always_inline struct km_place *km_place_of(__u64 cookie)
{
	__u32 index = cookie & (KM_ORIGINAL_PLACES - 1);

	return bpf_map_lookup_elem(&km_original_p, &index);
}

/* Whether the socket holds the place from now on. Each that holds it, or tries to, has added one, so who reads 1 after adding is alone: of
 * sockets that try at one time one gets it, or none (they go to the hash), never two. A lock (two calls, two locked instructions) cost up to
 * 170 ns more. */
static __always_inline km_bool km_place_take(struct km_place *place, __u64 cookie)
{
	if (place->cookie == cookie)
		return 1;
	if ((__u32)KM_READ_ONCE(place->counts))
		return 0;
	km_add(&place->counts, KM_PLACE_HOLDER);
	if ((__u32)KM_READ_ONCE(place->counts) == 1) {
		place->cookie = cookie;
		return 1;
	}
	km_add(&place->counts, -KM_PLACE_HOLDER);
	return 0;
}

static __always_inline void km_original_spill(struct km_place *place, __u64 cookie, const struct km_original *original)
{
	if (!bpf_map_update_elem(&km_original_h, &cookie, original, BPF_NOEXIST))
		km_add(&place->counts, KM_PLACE_SPILLED);
	else if (bpf_map_update_elem(&km_original_h, &cookie, original, BPF_EXIST))
		km_count(KM_R_ORIGINAL_FULL);
}

static __always_inline void km_original_keep(struct bpf_sock_addr *ctx, const struct km_original *original)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct km_place *place = km_place_of(cookie);

	if (!place)
		return;
	if (km_place_take(place, cookie))
		place->original = *original;
	else
		km_original_spill(place, cookie, original);
}

/* The entry of this socket, if it is about the peer that the kernel answers. */
static __always_inline const struct km_original *km_original_of(struct bpf_sock_addr *ctx, __be32 peer_tail)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	const struct km_place *place = km_place_of(cookie);
	const struct km_original *original;

	if (!place)
		return 0;
	original = place->cookie == cookie ? &place->original : bpf_map_lookup_elem(&km_original_h, &cookie);
	if (!original || original->peer_tail != peer_tail || original->peer_port != (__be16)ctx->user_port)
		return 0;
	return original;
}

static __always_inline void km_original_forget(__u64 cookie)
{
	struct km_place *place = km_place_of(cookie);

	if (!place)
		return;
	if (place->cookie == cookie)
		km_add(&place->counts, -KM_PLACE_HOLDER);
	if (place->counts >= KM_PLACE_SPILLED && !bpf_map_delete_elem(&km_original_h, &cookie))
		km_add(&place->counts, -KM_PLACE_SPILLED);
}
