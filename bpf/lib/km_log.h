/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs' log: one entry for a connection whose reason is wanted. Nothing is written unless someone asks: a connection pays for one
 * load. */
#pragma once

#include "km_atomic.h"
#include "km_cluster.h"
#include "km_control.h"

/* Unit: bytes, a power of two. Origin: some 3,600 entries, which the daemon fetches twice a second. Beyond it entries are dropped, and
 * counted. */
#define KM_LOG_BYTES (256 * 1024)

/* Written by programs, read by the daemon. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, KM_LOG_BYTES);
} km_log SEC(".maps");

static __always_inline km_bool km_log_wants(const struct km_control *control, enum km_reason reason)
{
	return KM_READ_ONCE(control->log_wanted) >> reason & 1;
}

static __always_inline void km_log_write(struct km_control *control, struct km_log_record *record)
{
	record->time = bpf_ktime_get_ns();
	record->cgroup = bpf_get_current_cgroup_id();
	record->pid = bpf_get_current_pid_tgid() >> 32;
	if (bpf_ringbuf_output(&km_log, record, sizeof(*record), 0))
		km_add(&control->log_dropped, 1);
}

/* A connection of an AF_INET socket that asked for ip and port; ctx says where it goes now. */
static __always_inline void km_log4(struct bpf_sock_addr *ctx, struct km_control *control, enum km_reason reason, __be32 ip, __be16 port)
{
	struct km_log_record record;

	if (__builtin_expect(!km_log_wants(control, reason), 1))
		return;
	record = (struct km_log_record){
		.original = { { 0, 0, KM_MAPPED, ip } },
		.chosen = { { 0, 0, KM_MAPPED, ctx->user_ip4 } },
		.original_port = port,
		.chosen_port = ctx->user_port,
		.reason = reason,
		.family = 4,
	};
	km_log_write(control, &record);
}

/* The same of an AF_INET6 socket. */
static __always_inline void km_log6(struct bpf_sock_addr *ctx, struct km_control *control, enum km_reason reason, const struct km_ip *ip, __be16 port)
{
	struct km_log_record record;

	if (__builtin_expect(!km_log_wants(control, reason), 1))
		return;
	record = (struct km_log_record){
		.original = *ip,
		.chosen = { { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] } },
		.original_port = port,
		.chosen_port = ctx->user_port,
		.reason = reason,
		.family = 6,
	};
	km_log_write(control, &record);
}
