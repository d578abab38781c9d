import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FilterChainMatch, Listener } from "../../decode/gen/types.ts";
import { address, any, chains, clusterC, firstListener, hcm, listener, opaque, resolve, table, tcpProxy, toC, types } from "./build.ts";

const test = suite("listener");

const one = (l: Listener, options = {}) => resolve({ listeners: { l }, clusters: clusterC }, options);
const match = (...matches: readonly FilterChainMatch[]) =>
  one(chains(...matches.map((m) => ({ filter_chain_match: m, filters: [tcpProxy()] }))));
const errors = (...matches: readonly FilterChainMatch[]) => match(...matches).codes("error");

test("addresses are equals, in canonical form", () => {
  const given = listener([tcpProxy()], {
    address: { socket_address: { address: "::", port_value: 82, ipv4_compat: true } },
    additional_addresses: [{ address: address("10.0.0.1", 81) }, { address: address("2001:DB8:0::1", 80) }],
  });
  assert.equal(firstListener(one(given)).addresses, [
    { ip: "::", port: 82, ipv4Compat: true },
    { ip: "10.0.0.1", port: 81, ipv4Compat: false },
    { ip: "2001:db8::1", port: 80, ipv4Compat: false },
  ]);
});

test("ipv4_compat takes the IPv4 address of a mapped one, and needs a fitting first address", () => {
  const compat = (ip: string, port: number) => ({ socket_address: { address: ip, port_value: port, ipv4_compat: true } });
  assert.equal(firstListener(one(listener([tcpProxy()], { address: compat("::ffff:10.0.0.1", 80) }))).addresses, [
    { ip: "::ffff:10.0.0.1", port: 80, ipv4Compat: true },
    { ip: "10.0.0.1", port: 80, ipv4Compat: false },
  ]);
  const late = listener([tcpProxy()], { address: address("10.0.0.1", 80), additional_addresses: [{ address: compat("::", 81) }] });
  assert.equal(one(late).codes("error"), ["KM2109"]);
});

test("a name, or nothing, is no address", () => {
  assert.equal(one(listener([tcpProxy()], { address: address("localhost", 80) })).codes("error"), ["KM2101"]);
  assert.equal(one({ filter_chains: [{ filters: [tcpProxy()] }] }).codes("error"), ["KM2101"]);
});

test("of two listeners on one address the second by name is refused", () => {
  const both = resolve({ listeners: { b: listener([tcpProxy()]), a: listener([tcpProxy()]) }, clusters: clusterC });
  assert.equal(
    both.model.listeners.map((l) => l.name),
    ["a"],
  );
  assert.equal(both.codes("error"), ["KM2102"]);
  const additional = { address: address("10.0.0.1", 81), additional_addresses: [{ address: address("10.0.0.1", 80) }] };
  assert.equal(resolve({ listeners: { a: listener([tcpProxy()]), b: listener([tcpProxy()], additional) } }).codes("error"), ["KM2102"]);
});

test("inbound listeners are left out, and still hold their address", () => {
  const inbound = listener([tcpProxy()], { traffic_direction: "INBOUND" });
  assert.equal(one(inbound).model.listeners, []);
  assert.equal(one(inbound).codes("note"), ["KM2103"]);
  assert.equal(resolve({ listeners: { a: inbound, b: listener([tcpProxy()]) }, clusters: clusterC }).codes("error"), ["KM2102"]);
});

test("UDP, Unix and internal listeners take no TCP connection", () => {
  const udp = { address: { socket_address: { address: "10.0.0.1", port_value: 53, protocol: "UDP" as const } } };
  for (const other of [udp, { address: { pipe: { path: "/s" } } }, { internal_listener: {} }]) {
    const resolved = one({ filter_chains: [{ filters: [tcpProxy()] }], ...other });
    assert.equal(resolved.model.listeners, []);
    assert.equal(resolved.codes("note"), ["KM2104"]);
    assert.equal(resolved.codes("error"), []);
  }
});

test("port 0 takes no connection; a virtual listener stays", () => {
  const zero = { address: address("0.0.0.0", 0) };
  assert.equal(one(listener([tcpProxy()], zero)).model.listeners, []);
  assert.equal(one(listener([tcpProxy()], { ...zero, use_original_dst: true })).model.listeners.length, 1);
});

test("a listener needs a chain; the default one will do", () => {
  assert.equal(one({ address: address("10.0.0.1", 80) }).codes("error"), ["KM2106"]);
  const fallback = one({ address: address("10.0.0.1", 80), default_filter_chain: { name: "d", filters: [tcpProxy()] } });
  assert.is(firstListener(fallback).defaultChain!.path, 'listeners["l"].default_filter_chain');
  assert.equal(fallback.codes("error"), []);
});

test("chains are named in paths where their name is their own", () => {
  const named = (name: string, port: number) => ({ name, filter_chain_match: { destination_port: port }, filters: [tcpProxy()] });
  const resolved = one(chains(named("a", 1), named("a", 2), named("", 3)));
  assert.equal(
    firstListener(resolved).chains.map((c) => c.path),
    ['listeners["l"].filter_chains["a"]', 'listeners["l"].filter_chains[1]', 'listeners["l"].filter_chains[2]'],
  );
});

test("criteria are normalised: masked prefixes, lower-case names", () => {
  const resolved = match({
    prefix_ranges: [
      { address_prefix: "10.1.1.1", prefix_len: 16 },
      { address_prefix: "1.2.3.4", prefix_len: 40 },
      { address_prefix: "2001:DB8::FF", prefix_len: 33 },
    ],
    server_names: ["FOO.com", "*.Example.COM"],
    application_protocols: ["H2"],
    source_type: "SAME_IP_OR_LOOPBACK",
    source_ports: [1, 2],
  });
  const found = firstListener(resolved).chains[0]!.match;
  assert.equal(found.prefixRanges, [
    { ip: "10.1.0.0", length: 16 },
    { ip: "1.2.3.4", length: 32 },
    { ip: "2001:db8::", length: 33 },
  ]);
  assert.equal(found.serverNames, ["foo.com", "*.example.com"]);
  assert.equal(found.applicationProtocols, ["H2"]);
  assert.is(found.sourceType, "same_ip_or_loopback");
});

test("an absent prefix_len is 0", () => {
  assert.equal(firstListener(match({ prefix_ranges: [{ address_prefix: "10.1.1.1" }] })).chains[0]!.match.prefixRanges, [
    { ip: "0.0.0.0", length: 0 },
  ]);
});

test("a prefix that is none, a partial wildcard", () => {
  assert.equal(errors({ prefix_ranges: [{ address_prefix: "::1/128", prefix_len: 128 }] }), ["KM2110"]);
  for (const name of ["*", "*foo.com", "a.*.com"]) assert.equal(errors({ server_names: [name] }), ["KM2111"], name);
});

test("equal matches, overlapping ones, a value written twice", () => {
  assert.equal(errors({}, {}), ["KM2112"]);
  assert.equal(errors({ server_names: ["a", "b"] }, { server_names: ["b", "c"] }), ["KM2113"]);
  assert.equal(errors({ application_protocols: ["a", "b"] }, { application_protocols: ["b", "a"] }), ["KM2113"]);
  const wide = [
    { address_prefix: "10.1.1.1", prefix_len: 16 },
    { address_prefix: "10.1.0.0", prefix_len: 16 },
  ];
  assert.equal(errors({ prefix_ranges: [wide[0]!] }, { prefix_ranges: [wide[1]!] }), ["KM2113"]);
  assert.equal(errors({ prefix_ranges: wide }), ["KM2113"]);
  assert.equal(errors({ server_names: ["a", "A"] }), ["KM2113"]);
  assert.equal(errors({ server_names: ["a"] }, { server_names: ["a"], application_protocols: ["h2"] }), []);
});

test("a prefix of length 0 beside none is an ambiguity, on each level", () => {
  const zero = [{ address_prefix: "0.0.0.0" }];
  const punts = (...matches: readonly FilterChainMatch[]) => match(...matches).codes("punt");
  assert.equal(punts({ prefix_ranges: zero }, {}), ["KM2114"]);
  assert.equal(punts({ prefix_ranges: [{ address_prefix: "::" }] }, { server_names: ["a"] }), ["KM2114"]);
  assert.equal(punts({ source_prefix_ranges: zero }, {}), ["KM2114"]);
  assert.equal(punts({ direct_source_prefix_ranges: zero }, { source_ports: [1] }), ["KM2114"]);
  assert.equal(punts({ prefix_ranges: zero, destination_port: 80 }, {}), []);
  assert.equal(punts({ prefix_ranges: zero }, { prefix_ranges: [{ address_prefix: "::" }] }), []);
  assert.is(firstListener(match({ source_prefix_ranges: zero }, {})).punt, "KM2114");
});

test("too many combinations are refused, not built", () => {
  const numbers = Array.from({ length: 1100 }, (_, i) => i + 1);
  assert.equal(errors({ source_ports: numbers, server_names: numbers.map(String) }), ["KM2115"]);
});

test("inspectors", () => {
  const filters = (...list: Listener["listener_filters"] & object) =>
    firstListener(one(listener([tcpProxy()], { listener_filters: list }))).inspectors;
  assert.equal(filters({ name: "t", typed_config: any(types.tlsInspector) }), { tls: true, http: false });
  assert.equal(filters({ name: "h", typed_config: any(types.httpInspector) }), { tls: false, http: true });
  const off = { filter_disabled: { destination_port_range: { start: 80, end: 81 } } };
  assert.equal(filters({ name: "h", typed_config: any(types.httpInspector), ...off }), { tls: false, http: false });
  const elsewhere = {
    filter_disabled: { not_match: { or_match: { rules: [{ destination_port_range: { start: 80, end: 81 } }, { any_match: true }] } } },
  };
  assert.equal(filters({ name: "h", typed_config: any(types.httpInspector), ...elsewhere }), { tls: false, http: true });
});

test("an inspector that is on for some ports of a virtual listener", () => {
  const filter = { name: "h", typed_config: any(types.httpInspector), filter_disabled: { destination_port_range: { start: 80, end: 81 } } };
  const virtual = (m: FilterChainMatch, more: Partial<Listener> = {}) =>
    one({
      use_original_dst: true,
      address: address("0.0.0.0", 15001),
      listener_filters: [filter],
      filter_chains: [{ filter_chain_match: m, filters: [tcpProxy()] }],
      ...more,
    });
  const goesOn = { continue_on_listener_filters_timeout: true };
  assert.is(firstListener(virtual({ application_protocols: ["h2c"] }, goesOn)).punt, "KM2108");
  assert.is(firstListener(virtual({}, goesOn)).punt, undefined);
  // A client that sends nothing is closed, or waits, where the inspector is on.
  assert.is(firstListener(virtual({})).punt, "KM2108");
  assert.is(firstListener(virtual({}, { ...goesOn, listener_filters_timeout: 0 })).punt, "KM2108");
});

test("listener filters: harmless ones, deciding ones, one without a type", () => {
  const filters = (typed: object) => one(listener([tcpProxy()], { listener_filters: [{ name: "f", ...typed }] }));
  assert.is(firstListener(filters({ typed_config: any("envoy.extensions.filters.listener.original_dst.v3.OriginalDst") })).punt, undefined);
  assert.is(
    firstListener(filters({ typed_config: any("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol") })).punt,
    "KM2105",
  );
  assert.equal(filters({}).codes("error"), ["KM2117"]);
});

test("network filters: telemetry is a note, deciding and unknown ones leave the chain to a proxy", () => {
  const first = (type: string, value?: object) => {
    const resolved = one(listener([{ name: "f", typed_config: value ? any(type, value) : opaque(type) }, tcpProxy()]));
    return { network: firstListener(resolved).chains[0]!.network, notes: resolved.codes("note"), punts: resolved.codes("punt") };
  };
  assert.is(first("stats.PluginConfig").network.kind, "tcp");
  assert.equal(first("stats.PluginConfig").notes, ["KM2124"]);
  assert.equal(first("envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy").notes, ["KM2125"]);
  assert.equal(first("envoy.extensions.filters.network.ext_authz.v3.ExtAuthz").network, { kind: "punt", why: "KM2121" });
  assert.equal(first("envoy.extensions.filters.network.never_seen.v3.X").network, { kind: "punt", why: "KM2123" });
  const rbac = "envoy.extensions.filters.network.rbac.v3.RBAC";
  assert.is(first(rbac, { stat_prefix: "x" }).network.kind, "tcp");
  assert.equal(first(rbac, { rules: {} }).network, { kind: "punt", why: "KM2121" });
});

test("order and ends of a chain", () => {
  assert.equal(one(listener([tcpProxy(), tcpProxy()])).codes("error"), ["KM2122"]);
  assert.equal(one(listener([{ name: "s", typed_config: opaque("stats.PluginConfig") }])).codes("error"), ["KM2122"]);
  assert.equal(firstListener(one(listener([]))).chains[0]!.network, { kind: "close" });
});

test("other terminal filters end a chain too, filters that only judge do not", () => {
  const filter = (type: string) => ({ name: "f", typed_config: opaque(`envoy.extensions.filters.network.${type}`) });
  assert.equal(firstListener(one(listener([filter("redis_proxy.v3.RedisProxy")]))).chains[0]!.network, { kind: "punt", why: "KM2121" });
  assert.equal(one(listener([filter("echo.v3.Echo"), tcpProxy()])).codes("error"), ["KM2122"]);
  assert.equal(one(listener([filter("ext_authz.v3.ExtAuthz")])).codes("error"), ["KM2122"]);
});

test("the inline table of a chain that is left to a proxy is not kept", () => {
  const tls = { name: "s", typed_config: opaque("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext") };
  const resolved = one(chains({ filters: [hcm({ route_config: table([toC]) })], transport_socket: tls }));
  assert.equal([resolved.model.listeners.length, resolved.model.routeConfigs.length], [1, 0]);
});

test("tcp_proxy: one cluster, shares, a missing cluster", () => {
  const shares = tcpProxy("c", {
    cluster: undefined,
    weighted_clusters: {
      clusters: [
        { name: "c", weight: 1 },
        { name: "gone", weight: 3 },
      ],
    },
  });
  const resolved = one(listener([shares]));
  const network = firstListener(resolved).chains[0]!.network;
  assert.ok(network.kind === "tcp" && network.target.kind === "weighted");
  assert.equal(
    network.target.entries.map((e) => e.weight),
    [1, 3],
  );
  assert.is(network.target.entries[1]!.path, 'listeners["l"].filter_chains[0].filters[0].typed_config.weighted_clusters.clusters[1]');
  assert.equal(resolved.codes("note"), ["KM2321"]);
});

test("a chain with downstream TLS is left to a proxy, a plain socket is not", () => {
  const socket = (type: string) => one(chains({ filters: [tcpProxy()], transport_socket: { name: "s", typed_config: opaque(type) } }));
  assert.equal(firstListener(socket("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext")).chains[0]!.network, {
    kind: "punt",
    why: "KM2120",
  });
  assert.is(firstListener(socket("envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer")).chains[0]!.network.kind, "tcp");
  assert.equal(one(chains({ filters: [tcpProxy()], transport_socket: { name: "envoy.transport_sockets.raw_buffer" } })).codes("error"), [
    "KM2117",
  ]);
});

test("what decode declares a punt is placed", () => {
  const tunnel = one(listener([tcpProxy("c", { tunneling_config: { hostname: "x" } })]));
  assert.equal(firstListener(tunnel).chains[0]!.network, { kind: "punt", why: "KM1330" });
  const named = { filter_chain_matcher: {} as never, filter_chains: [{ name: "one", filters: [tcpProxy()] }] };
  assert.is(firstListener(one(listener([], named))).punt, "KM1320");
});

test("strict: a punt is an error and rejects", () => {
  const filter = { name: "f", typed_config: opaque("envoy.extensions.filters.network.ext_authz.v3.ExtAuthz") };
  const resolved = one(listener([filter, tcpProxy()]), { strict: true });
  assert.equal(resolved.codes("error"), ["KM2121"]);
  assert.equal(resolved.model.listeners, []);
});

test("an error rejects its listener only", () => {
  const resolved = resolve({
    listeners: { bad: listener([tcpProxy()], { address: address("x", 1) }), good: listener([tcpProxy()]) },
    clusters: clusterC,
  });
  assert.equal(
    resolved.model.listeners.map((l) => l.name),
    ["good"],
  );
});

test.run();
