/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The state of one decision: input, what is known so far, result. It lives in map or static memory (the verifier gives up on parsers that
 * keep their state on the stack) and is passed to every step. The decide tier's functions are `static inline`: the compiler chooses, for
 * inlined everywhere they take ten times as long to compile. */
#pragma once

#include "km_limits.h"
#include "km_target_decide.h"

/* Bytes of the state's text: the head as it came, then room for what is rewritten. */
#define KM_TEXT_BYTES (4 * KM_HEAD_BYTES)
#define KM_TEXT_MASK (KM_TEXT_BYTES - 1)

/* Functions that many steps call. */
#define km_shared static __attribute__((noinline, unused))

/* No id, no place, no line. */
#define KM_NONE (~0u)

/* How a decision ends; `value` of the outcome is named beside each. */
enum km_end {
	/* Not decided yet. */
	KM_E_OPEN = 0,
	/* No listener takes the connection. */
	KM_E_UNMANAGED = 1,
	/* Cluster id. */
	KM_E_CLUSTER = 2,
	/* Closed: no filter chain. */
	KM_E_NO_CHAIN = 3,
	/* Closed: the chain has no filter. */
	KM_E_NO_FILTERS = 4,
	/* Closed: the cluster is not there. */
	KM_E_CLOSE_NO_CLUSTER = 5,
	/* Reason id. */
	KM_E_PUNT = 6,
	/* HTTP/2: left to a proxy. */
	KM_E_HTTP2 = 7,
	/* More text than the state holds: left to a proxy. */
	KM_E_TOO_LONG = 8,
	/* A listener filter wants bytes that are not there. */
	KM_E_WAIT_FILTER = 9,
	/* The connection manager wants bytes, and there are none. */
	KM_E_WAIT_HEAD = 10,
	/* The head is not complete. */
	KM_E_INCOMPLETE = 11,
	/* Answered before any route is asked: status. */
	KM_E_BAD_REQUEST = 12,
	/* No route: status. */
	KM_E_NO_ROUTE = 13,
	/* The route's cluster is not there: status. */
	KM_E_NO_CLUSTER = 14,
	/* Direct response: status. */
	KM_E_RESPOND = 15,
	/* Redirects. */
	KM_E_REDIRECT_ROUTE = 16,
	KM_E_REDIRECT_TLS = 17,
	KM_E_REDIRECT_SLASHES = 18,
	/* A table does not hold what another points to: a bug. */
	KM_E_BROKEN = 19,
};

/* A part of the text. */
struct km_span {
	__u32 at;
	__u32 length;
};

/* A header line whose name has an id. */
struct km_line {
	struct km_span value;
	/* KM_NONE: the line is gone. */
	__u32 name;
	/* Next line of the same name, for names that the connection manager knows. */
	__u32 next;
};

/* Facts that listener filters find. */
struct km_inspected {
	km_bool tls;
	/* Number of protocols in `alpn`. */
	__u8 protocols;
	struct km_span server_name;
	/* In the client's order. */
	struct km_span alpn[KM_PROTOCOLS];
};

struct km_decide {
	km_gen_t gen;
	/* 4 or 6. */
	__u32 family;
	__u32 source_family;
	struct km_ip to;
	struct km_ip from;
	/* Host order. */
	__u16 to_port;
	__u16 from_port;
	/* The source is not known: it is external, in no prefix but /0. */
	__u32 from_unknown;
	/* First bytes: text[0..length). */
	__u32 length;

	/* The number that this request draws (not asked for in wasm). */
	__u32 has_draw;
	__u64 draw;

	/* Result. */
	__u32 end;
	__u32 value;
	__u32 listener;
	__u32 chain;
	__u32 vhost;
	__u32 route;
	__u32 entry;

	/* Of the route table that decides. */
	__u32 http_flags;
	struct km_inspected inspected;

	/* Request. */
	struct km_span method;
	struct km_span target;
	struct km_span path;
	/* The path without query, as path matchers see it, and without parameters where the table ignores them. */
	struct km_span bare;
	struct km_span plain;
	struct km_span authority;
	struct km_span scheme;
	__u32 has_path;
	__u32 connect;
	__u32 upgrade;
	__u32 http11;
	__u32 versionless;
	/* A status that refuses the request once all its lines are known to be well formed. */
	__u32 late;

	/* Header lines. */
	__u32 lines;
	__u32 header_count;
	struct km_line line[KM_LINES];
	/* First and last line of known names, plus one; 0 for none. */
	__u16 first[KM_H_COUNT];
	__u16 last[KM_H_COUNT];

	/* Where the free part of the text begins. */
	__u32 used;
	__u8 text[KM_TEXT_BYTES];
};

static inline __u8 km_byte(const struct km_decide *d, __u32 at)
{
	return d->text[at & KM_TEXT_MASK];
}

static inline void km_end(struct km_decide *d, enum km_end end, __u32 value)
{
	d->end = end;
	d->value = value;
}
