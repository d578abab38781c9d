/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The address that an application asked for, for getpeername(). Written by the connect hooks for rewritten connections only, read by the
 * getpeername hooks, deleted when the socket is closed. */
#pragma once

#include "km_target.h"

struct km_original {
	struct km_ip ip;
	__be16 port;
	/* What the connection was rewritten to: an entry of an earlier connect() on the same socket does not fit and is not used. */
	__be16 peer_port;
	__be32 peer_tail;
};

/* By socket cookie. Preallocated: no allocation on connect(). 65,536 rewritten connections at one time; beyond it getpeername() answers
 * the endpoint's own address, counted as KM_R_ORIGINAL_FULL. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct km_original);
} km_original SEC(".maps");

static __always_inline void km_original_keep(struct bpf_sock_addr *ctx, const struct km_original *original)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);

	if (bpf_map_update_elem(&km_original, &cookie, original, BPF_ANY))
		km_count(KM_R_ORIGINAL_FULL);
}

/* The entry of this socket, if it is about the peer that the kernel answers. */
static __always_inline const struct km_original *km_original_of(struct bpf_sock_addr *ctx, __be32 peer_tail)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	const struct km_original *original = bpf_map_lookup_elem(&km_original, &cookie);

	if (!original || original->peer_tail != peer_tail || original->peer_port != (__be16)ctx->user_port)
		return 0;
	return original;
}
