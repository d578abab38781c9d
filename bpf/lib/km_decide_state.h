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

/* Functions that many steps call. They give numbers: BPF returns no structs, and takes five arguments. What gives a struct is __always_inline,
 * however large the function that calls it grows. */
#define km_shared static __attribute__((noinline, unused))

/* No id, no place, no line. */
#define KM_NONE (~0u)

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
	/* TLS records without content, and warnings, since the last one with content. */
	__u8 empty_records;
	__u8 warnings;
	struct km_span server_name;
	/* In the client's order. */
	struct km_span alpn[KM_PROTOCOLS];
};

struct km_decide {
	km_gen_t gen;
	struct km_decide_input in;
	struct km_decide_output out;
	struct km_inspected inspected;
	/* The number that this request draws (not asked for in wasm). */
	__u64 draw;
	__u32 has_draw;

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
	__u32 http11;
	__u32 versionless;
	/* A status that refuses the request once all its lines are known to be well formed. */
	__u32 late;
	/* The status that the header just kept refuses the request with, if the name of the next one is good. */
	__u32 counted;

	/* Header lines. */
	__u32 lines;
	__u32 header_count;
	/* First and last line of known names, plus one; 0 for none. */
	__u16 first[KM_H_COUNT];
	__u16 last[KM_H_COUNT];

	/* Where the free part of the text begins. */
	__u32 used;

	/* From here on nothing needs to be zero at the start. */
	struct km_line line[KM_LINES];
	__u8 text[KM_TEXT_BYTES];
};

static inline __u8 km_byte(const struct km_decide *d, __u32 at)
{
	return d->text[at & KM_TEXT_MASK];
}

/* Ends the decision: KM_E_*. */
static inline void km_end(struct km_decide *d, __u32 end, __u32 value)
{
	d->out.end = end;
	d->out.value = value;
}
