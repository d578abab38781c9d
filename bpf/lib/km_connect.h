/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the connect hooks share: acting on a final verdict. 1 lets the connection go on, 0 refuses it (EPERM). */
#pragma once

#include "km_cluster.h"
#include "km_control.h"
#include "km_original.h"
#include "km_service.h"

enum km_hook {
	KM_HOOK_REFUSE = 0,
	KM_HOOK_GO_ON = 1,
};

/* Raw sockets may have this protocol, too, but none of these hooks. */
static __always_inline km_bool km_is_tcp(const struct bpf_sock_addr *ctx)
{
	return ctx->protocol == KM_IPPROTO_TCP;
}

/* The daemon's own connections go where they were going: what it has to learn from a control plane may be where that now is. Asked only where
 * there is a rule, so that other connections pay nothing. */
static __always_inline km_bool km_is_exempt(const struct km_control *control, const struct km_leaf *leaf, __be16 port, enum km_reason *reason)
{
	if (leaf->verdict == KM_V_NONE || !km_is_daemon(control, port))
		return 0;
	*reason = KM_R_DAEMON;
	return 1;
}

/* Verdicts that need no address. KM_V_L7 and KM_V_PUNT fail open here: the connection goes where it was going, counted by reason. */
static __always_inline enum km_hook km_conclude(const struct km_leaf *leaf, enum km_reason *reason)
{
	switch (leaf->verdict) {
	case KM_V_REFUSE:
		*reason = leaf->reason;
		return KM_HOOK_REFUSE;
	case KM_V_PASS:
	case KM_V_L7:
	case KM_V_PUNT:
		*reason = leaf->reason;
		return KM_HOOK_GO_ON;
	case KM_V_NONE:
		*reason = KM_R_UNMANAGED;
		return KM_HOOK_GO_ON;
	default:
		*reason = KM_R_BROKEN_TABLE;
		return KM_HOOK_GO_ON;
	}
}

/* What a connection does that found no endpoint. */
static __always_inline enum km_hook km_unforwarded(enum km_reason reason)
{
	return reason == KM_R_BROKEN_TABLE ? KM_HOOK_GO_ON : KM_HOOK_REFUSE;
}

/* An AF_INET socket: rewrite to an endpoint of the cluster. */
static __always_inline enum km_hook km_forward4(struct bpf_sock_addr *ctx, km_gen_t gen, __u32 cluster, enum km_reason *reason)
{
	struct km_original original;
	struct km_endpoint picked;

	*reason = km_cluster_pick(gen, cluster, &picked);
	if (*reason != KM_R_FORWARDED)
		return km_unforwarded(*reason);
	if (!(picked.flags & KM_EP_IPV4)) {
		*reason = KM_R_PUNT_FAMILY;
		return KM_HOOK_GO_ON;
	}
	original = (struct km_original){
		.ip = { { 0, 0, KM_MAPPED, ctx->user_ip4 } },
		.port = ctx->user_port,
		.peer_port = picked.port,
		.peer_tail = picked.ip.w[3],
	};
	ctx->user_ip4 = picked.ip.w[3];
	ctx->user_port = picked.port;
	km_original_keep(ctx, &original);
	return KM_HOOK_GO_ON;
}

/* An AF_INET6 socket reaches IPv4 endpoints by their mapped address. */
static __always_inline enum km_hook km_forward6(struct bpf_sock_addr *ctx, km_gen_t gen, __u32 cluster, enum km_reason *reason)
{
	struct km_original original;
	struct km_endpoint picked;

	*reason = km_cluster_pick(gen, cluster, &picked);
	if (*reason != KM_R_FORWARDED)
		return km_unforwarded(*reason);
	original = (struct km_original){
		.ip = { { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] } },
		.port = ctx->user_port,
		.peer_port = picked.port,
		.peer_tail = picked.ip.w[3],
	};
	ctx->user_ip6[0] = picked.ip.w[0];
	ctx->user_ip6[1] = picked.ip.w[1];
	ctx->user_ip6[2] = picked.ip.w[2];
	ctx->user_ip6[3] = picked.ip.w[3];
	ctx->user_port = picked.port;
	km_original_keep(ctx, &original);
	return KM_HOOK_GO_ON;
}
