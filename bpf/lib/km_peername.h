/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that no rule changes: getpeername() answers the address that was asked for, and a closed socket's entry goes. They read
 * what connect kept only, never a generation. */
#pragma once

#include "km_connect.h"

SEC("cgroup/getpeername4") int km_peername4(struct bpf_sock_addr *ctx)
{
	const struct km_original *original = km_original_of(ctx, ctx->user_ip4);

	if (original) {
		ctx->user_ip4 = original->ip.w[3];
		ctx->user_port = original->port;
	}
	return KM_HOOK_GO_ON;
}

SEC("cgroup/getpeername6") int km_peername6(struct bpf_sock_addr *ctx)
{
	const struct km_original *original = km_original_of(ctx, ctx->user_ip6[3]);

	if (original) {
		ctx->user_ip6[0] = original->ip.w[0];
		ctx->user_ip6[1] = original->ip.w[1];
		ctx->user_ip6[2] = original->ip.w[2];
		ctx->user_ip6[3] = original->ip.w[3];
		ctx->user_port = original->port;
	}
	return KM_HOOK_GO_ON;
}

SEC("cgroup/sock_release") int km_release(struct bpf_sock *ctx)
{
	km_original_forget(bpf_get_socket_cookie(ctx));
	return KM_HOOK_GO_ON;
}
