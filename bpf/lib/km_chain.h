/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which filter chain takes a connection: a tree of choices in Envoy's order. Each takes the most specific entry; nothing looks back. */
#pragma once

#include "km_run.h"
#include "km_word.h"

/* The place that the interval of an address or port leads to. */
km_shared __u32 km_edge_pick(km_gen_t gen, __u32 first, __u32 count, const struct km_ip *key)
{
	__u32 low = 0, high = count - 1;
	const struct km_edge *edge;

	if (!count)
		return KM_NONE;
	for (int step = 0; step < KM_SEARCH_STEPS && low < high; step++) {
		__u32 middle = (low + high) >> 1;

		edge = km_edge_at(gen, first + middle);
		if (!edge)
			return KM_NONE;
		if (km_ip_up_to(key, &edge->last))
			high = middle;
		else
			low = middle + 1;
	}
	edge = km_edge_at(gen, first + low);
	return edge ? edge->next : KM_NONE;
}

/* Where a node of address intervals leads to. */
static inline __u32 km_interval_place(const struct km_decide *d, __u32 place, __u32 family, const struct km_ip *ip)
{
	const struct km_node *node = km_node_at(d->gen, place);

	if (!node)
		return KM_NONE;
	return family == 4 ? km_edge_pick(d->gen, node->first4, node->count4, ip) : km_edge_pick(d->gen, node->first6, node->count6, ip);
}

static inline __u32 km_port_place(const struct km_decide *d, const struct km_node *node, __u16 port)
{
	const struct km_ip key = { { 0, 0, 0, __builtin_bswap32(port) } };

	return km_edge_pick(d->gen, node->first4, node->count4, &key);
}

/* The whole name, else its longest suffix that begins with a dot (neither the first byte's nor the last one's). One pass from behind. */
static inline __u32 km_name_place(const struct km_decide *d, const struct km_node *node)
{
	struct km_span name = d->inspected.server_name;
	struct km_word word = KM_WORD_START;
	__u32 found = KM_NONE, whole;

	if (!name.length)
		return node->rest;
	for (__u32 i = name.length; i > 0; i--) {
		__u32 at = name.at + i - 1;

		word = km_word_step(word, km_lower(km_byte(d, at)));
		if (km_byte(d, at) == '.' && i > 1 && i == name.length)
			break;
		if (km_byte(d, at) == '.' && i > 1) {
			__u32 place = km_word_value(d, km_common_words(d), node->first4, word, km_span(at, km_span_end(name)));

			if (place != KM_NONE)
				found = place;
		}
	}
	whole = km_word_find(d, node->first4, name);
	if (whole != KM_NONE)
		return whole;
	return found == KM_NONE ? node->rest : found;
}

static inline __u32 km_protocol_place(const struct km_decide *d, const struct km_node *node)
{
	for (__u32 i = 0; i < d->inspected.protocols && i < KM_PROTOCOLS; i++) {
		__u32 place = km_word_find(d, node->first4, d->inspected.alpn[i]);

		if (place != KM_NONE)
			return place;
	}
	return node->rest;
}

/* From 127.0.0.1 exactly, or ::1. */
static inline km_bool km_is_loopback(const struct km_decide *d)
{
	const struct km_ip *from = &d->in.from;

	if (d->in.source_family == 4)
		return from->w[3] == __builtin_bswap32(0x7f000001);
	return !from->w[0] && !from->w[1] && !from->w[2] && from->w[3] == __builtin_bswap32(1);
}

/* From loopback, or from the address that is asked for. */
static inline km_bool km_is_local(const struct km_decide *d)
{
	const struct km_ip *from = &d->in.from;

	if (d->in.from_unknown)
		return 0;
	return km_is_loopback(d) || (d->in.source_family == d->in.family && from->w[0] == d->in.to.w[0] && from->w[1] == d->in.to.w[1] &&
				     from->w[2] == d->in.to.w[2] && from->w[3] == d->in.to.w[3]);
}

static inline __u32 km_next_place(const struct km_decide *d, const struct km_node *node, __u32 place)
{
	switch (node->kind) {
	case KM_N_PORT:
		return km_port_place(d, node, d->in.to_port);
	case KM_N_DESTINATION:
		return km_interval_place(d, place, d->in.family, &d->in.to);
	case KM_N_NAME:
		return km_name_place(d, node);
	case KM_N_TRANSPORT:
		return d->inspected.tls ? node->first4 : node->first6;
	case KM_N_PROTOCOL:
		return km_protocol_place(d, node);
	case KM_N_DIRECT:
	case KM_N_SOURCE:
		return km_interval_place(d, place, d->in.source_family, &d->in.from);
	case KM_N_SOURCE_TYPE:
		return km_is_local(d) ? node->first4 : node->first6;
	case KM_N_SOURCE_PORT:
		return km_port_place(d, node, d->in.from_port);
	}
	return KM_NONE;
}

/* Sets the chain, or ends the decision. */
static inline void km_choose_chain(struct km_decide *d, const struct km_listener *listener)
{
	__u32 place = listener->root;

	for (int level = 0; level < KM_CHAIN_LEVELS && place != KM_NONE && !(place & KM_PLACE_CHAIN); level++) {
		const struct km_node *node = km_node_at(d->gen, place);

		if (!node) {
			km_end(d, KM_E_BROKEN, 0);
			return;
		}
		place = km_next_place(d, node, place);
	}
	d->out.chain = place == KM_NONE ? listener->default_chain : place & ~KM_PLACE_CHAIN;
	if (d->out.chain == KM_NONE)
		km_end(d, KM_E_NO_CHAIN, 0);
}
