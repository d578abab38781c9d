/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The whole decision for a connection or a request: listener, listener filters, filter chain, connection manager, virtual host, route,
 * target. The order is Envoy's; every step may end the decision. */
#pragma once

#include "km_http_sanitize.h"
#include "km_inspect.h"
#include "km_service.h"
#include "km_target_pick.h"
#include "km_vhost.h"

/* Which listener, and whether it is the one that redirects by address. */
static inline const struct km_listener *km_find_listener(struct km_decide *d)
{
	const struct km_header *header = km_header_of(d->gen);
	const struct km_listener *listener;
	struct km_leaf leaf;
	__u32 id;

	if (d->in.family == 4)
		km_service4(d->gen, d->in.to.w[3], __builtin_bswap16(d->in.to_port), &leaf, &id);
	else
		km_service6(d->gen, &d->in.to, __builtin_bswap16(d->in.to_port), &leaf, &id);
	d->out.listener = id == KM_NONE ? header->decide.virtual_listener : id;
	if (d->out.listener == KM_NONE) {
		km_end(d, KM_E_UNMANAGED, 0);
		return 0;
	}
	listener = km_listener_at(d->gen, d->out.listener);
	if (!listener)
		km_end(d, KM_E_BROKEN, 0);
	else if (listener->punt != KM_NONE)
		km_end(d, KM_E_PUNT, listener->punt);
	return listener;
}

/* HTTP/1.0 and what has no version: refused, or given a host. */
static inline void km_check_version(struct km_decide *d, const struct km_http *http)
{
	if (d->http11)
		return;
	if (!(http->flags & KM_HM_HTTP10)) {
		km_refuse(d, 426);
		return;
	}
	if (http->host10 != KM_NONE && !km_has(d, KM_H_HOST))
		km_set(d, KM_H_HOST, km_put_stored(d, http->host10));
}

/* From the bytes of a head to a request that routes can be asked about. */
static inline void km_prepare(struct km_decide *d, const struct km_http *http, const struct km_route_table *table)
{
	km_read_head(d, http);
	if (!d->out.end)
		km_check_framing(d);
	if (!d->out.end)
		km_read_target(d, http);
	if (!d->out.end)
		km_check_version(d, http);
	if (d->out.end)
		return;
	if (km_has(d, KM_H_HOST) && !km_is_host(d, km_value_of(d, KM_H_HOST))) {
		km_refuse(d, 400);
		return;
	}
	if (!(http->flags & KM_HM_CONTINUE) && km_span_is(d, km_value_of(d, KM_H_EXPECT), "100-continue", 1))
		km_drop(d, KM_H_EXPECT);
	if (!km_has(d, KM_H_HOST)) {
		km_refuse(d, 400);
		return;
	}
	/* Envoy asks for no `connection: upgrade` here. */
	if (km_span_is(d, km_value_of(d, KM_H_UPGRADE), "connect-udp", 1)) {
		km_end(d, KM_E_CONNECT_UDP, 0);
		return;
	}
	if (d->has_path && km_byte(d, d->path.at) != '/') {
		km_end(d, KM_E_NO_ROUTE, 404);
		return;
	}
	/* What a QUERY asks stands in its body, whose type must be told. */
	if (km_span_is(d, d->method, "QUERY", 0) && !km_value_of(d, KM_H_CONTENT_TYPE).length) {
		km_refuse(d, 400);
		return;
	}
	if (d->has_path)
		km_normalize_path(d, http);
	if (d->out.end)
		return;
	d->authority = km_strip_host(d, http, km_value_of(d, KM_H_HOST));
	km_drop(d, KM_H_HOST);
	km_sanitize(d, http, table);
}

enum km_upgrade {
	KM_UPGRADE_NONE = 0,
	KM_UPGRADE_CONNECT = 1,
	KM_UPGRADE_WEBSOCKET = 2,
	KM_UPGRADE_OTHER = 3,
};

static inline enum km_upgrade km_upgrade_of(const struct km_decide *d)
{
	if (km_has(d, KM_H_UPGRADE))
		return km_span_is(d, km_value_of(d, KM_H_UPGRADE), "websocket", 1)  ? KM_UPGRADE_WEBSOCKET
		       : km_span_is(d, km_value_of(d, KM_H_UPGRADE), "connect", 1) ? KM_UPGRADE_CONNECT
										       : KM_UPGRADE_OTHER;
	return d->connect ? KM_UPGRADE_CONNECT : KM_UPGRADE_NONE;
}

/* Upgrades need leave of the connection manager or of the route; the route's word is the last. */
static inline km_bool km_may_upgrade(struct km_decide *d, const struct km_http *http, const struct km_route *route)
{
	enum km_upgrade upgrade = km_upgrade_of(d);
	__u32 word = 0;

	if (upgrade == KM_UPGRADE_NONE)
		return 1;
	if (route && route->action == KM_A_FORWARD && upgrade != KM_UPGRADE_OTHER)
		word = upgrade == KM_UPGRADE_CONNECT ? route->upgrades & 15 : route->upgrades >> 4;
	if (word)
		return word == KM_UP_ALLOW;
	if (!km_has(d, KM_H_UPGRADE))
		return km_word_find(d, http->upgrades, km_put_literal(d, "connect")) != KM_NONE;
	return http->upgrades && km_word_find(d, http->upgrades, km_value_of(d, KM_H_UPGRADE)) != KM_NONE;
}

static inline void km_act(struct km_decide *d, const struct km_http *http, const struct km_route *route)
{
	__u32 cluster;

	if (route->action == KM_A_PUNT) {
		km_end(d, KM_E_PUNT, route->value);
		return;
	}
	if (!km_may_upgrade(d, http, route)) {
		km_refuse(d, 403);
		return;
	}
	switch (route->action) {
	case KM_A_REDIRECT:
		km_end(d, KM_E_REDIRECT_ROUTE, 0);
		return;
	case KM_A_RESPOND:
		km_end(d, KM_E_RESPOND, route->status);
		return;
	case KM_A_NON_FORWARDING:
		km_end(d, KM_E_NO_CLUSTER, 503);
		return;
	case KM_A_FORWARD:
		cluster = km_pick_cluster(d, route->value);
		if (d->out.end)
			return;
		if (cluster == KM_NONE)
			km_end(d, KM_E_NO_CLUSTER, route->status);
		else
			km_end(d, KM_E_CLUSTER, cluster);
		return;
	}
	km_end(d, KM_E_BROKEN, 0);
}

static inline km_bool km_needs_tls(const struct km_decide *d, const struct km_vhost *vhost)
{
	if (!vhost->tls || km_span_is(d, km_value_of(d, KM_H_FORWARDED_PROTO), "https", 0))
		return 0;
	return vhost->tls == KM_TLS_ALL || !km_span_is(d, km_value_of(d, KM_H_INTERNAL), "true", 0);
}

static inline void km_ask_routes(struct km_decide *d, const struct km_http *http, const struct km_route_table *table)
{
	const struct km_vhost *vhost;

	d->out.vhost = table ? km_choose_vhost(d, table) : KM_NONE;
	if (d->out.vhost == KM_NONE) {
		km_end(d, KM_E_NO_ROUTE, 404);
		return;
	}
	vhost = km_vhost_at(d->gen, d->out.vhost);
	if (!vhost) {
		km_end(d, KM_E_BROKEN, 0);
		return;
	}
	/* Envoy takes an empty scheme for a request that was refused before. */
	if (!km_value_of(d, KM_H_FORWARDED_PROTO).length) {
		km_end(d, KM_E_NO_ROUTE, 404);
		return;
	}
	if (km_needs_tls(d, vhost)) {
		if (km_may_upgrade(d, http, 0))
			km_end(d, KM_E_REDIRECT_TLS, 0);
		else
			km_refuse(d, 403);
		return;
	}
	if (vhost->punt != KM_NONE) {
		km_end(d, KM_E_PUNT, vhost->punt);
		return;
	}
	km_cut_path(d, table);
	for (__u32 i = 0; i < vhost->count && !d->out.end; i++) {
		const struct km_route *route = km_route_at(d->gen, vhost->first + i);

		if (!route) {
			km_end(d, KM_E_BROKEN, 0);
			return;
		}
		if (route->punt != KM_NONE) {
			d->out.route = vhost->first + i;
			km_end(d, KM_E_PUNT, route->punt);
			return;
		}
		if (!km_route_matches(d, route, vhost->first + i))
			continue;
		d->out.route = vhost->first + i;
		km_act(d, http, route);
	}
	if (!d->out.end)
		km_end(d, KM_E_NO_ROUTE, 404);
}

static inline void km_decide_http(struct km_decide *d, __u32 id)
{
	const struct km_http *http = km_http_at(d->gen, id);
	const struct km_route_table *table;

	if (!http) {
		km_end(d, KM_E_BROKEN, 0);
		return;
	}
	if (http->punt != KM_NONE) {
		km_end(d, KM_E_PUNT, http->punt);
		return;
	}
	if (http->flags & KM_HM_NOT_HTTP1) {
		km_end(d, KM_E_HTTP2, 0);
		return;
	}
	if (!d->in.length) {
		km_end(d, KM_E_WAIT_HEAD, 0);
		return;
	}
	/* The connection manager looks at the first 12 bytes of the preface. */
	if (http->flags & KM_HM_AUTO && km_preface_bytes(d) >= 12) {
		km_end(d, KM_E_HTTP2, 0);
		return;
	}
	table = http->routes == KM_NONE ? 0 : km_rtable_at(d->gen, http->routes);
	km_prepare(d, http, table);
	if (!d->out.end)
		km_ask_routes(d, http, table);
}

static inline void km_decide_tcp(struct km_decide *d, __u32 target)
{
	__u32 cluster = km_pick_cluster(d, target);

	if (d->out.end)
		return;
	if (cluster == KM_NONE)
		km_end(d, KM_E_CLOSE_NO_CLUSTER, 0);
	else
		km_end(d, KM_E_CLUSTER, cluster);
}

/* Input is in place; the rest of the state is zero. */
static inline void km_decide(struct km_decide *d)
{
	const struct km_listener *listener;
	const struct km_chain *chain;

	d->out.listener = d->out.chain = d->out.vhost = d->out.route = d->out.entry = KM_NONE;
	d->used = KM_HEAD_BYTES;
	listener = km_find_listener(d);
	if (listener && !d->out.end)
		km_inspect(d, listener);
	if (listener && !d->out.end)
		km_choose_chain(d, listener);
	if (d->out.end)
		return;
	chain = km_chain_at(d->gen, d->out.chain);
	if (!chain) {
		km_end(d, KM_E_BROKEN, 0);
		return;
	}
	switch (chain->kind) {
	case KM_C_TCP:
		km_decide_tcp(d, chain->value);
		return;
	case KM_C_HTTP:
		if (KM_SHAPE_HTTP)
			km_decide_http(d, chain->value);
		return;
	case KM_C_PUNT:
		km_end(d, KM_E_PUNT, chain->value);
		return;
	case KM_C_CLOSE:
		km_end(d, KM_E_NO_FILTERS, 0);
		return;
	}
	km_end(d, KM_E_BROKEN, 0);
}
