import type { HirRoute, HirVirtualHost } from "../model.ts";
import { get, route, vhost, web } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

/** `{ a: ["a.com"] }`: virtual hosts that go to the cluster of their key. */
const hosts = (domains: Readonly<Record<string, readonly string[]>>): HirVirtualHost[] =>
  Object.entries(domains).map(([name, list]) => vhost(list, [route({ to: name })]));
const host = (authority: string, headers: readonly string[] = []) => get("/", headers, authority);
const none: readonly HirRoute[] = [];

const order = web(hosts({ a: ["*"], b: ["foo.*"], c: ["*.example.com"], d: ["foo.example.com"], e: ["*-x.example.com"], f: ["*.com"] }));
const twoPrefixes = web(hosts({ a: ["foo.*"], b: ["foo.b.*"], c: ["*.com"] }));
const literal = web(hosts({ a: ["a*.com"], b: ["**.com"], c: [""] }));
const alone = web([vhost(["a.com"], none), ...hosts({ b: ["*"] })]);
const ports = web(hosts({ a: ["a.com"], b: ["a.com:80"], c: ["*.com"], d: ["b.*"], e: ["*"] }));
const ignorePort = web(hosts({ a: ["a.com"], b: ["c.com:80"], c: ["[::1]"], d: ["*"] }), { config: { ignorePortInHost: true } });
const stripAny = web(hosts({ a: ["a.com"], b: ["*"] }), { http: { stripHostPort: "any" } });
const stripMatching = web(hosts({ a: ["a.com"], b: ["*"] }), { http: { stripHostPort: "matching" } });
const dots = web(hosts({ a: ["a.com"], b: ["*"] }));
const stripDot = web(hosts({ a: ["a.com"], b: ["a.com:80"], c: ["a.com."], d: ["*"] }), { http: { stripTrailingHostDot: true } });
const byHeader = web(hosts({ a: ["a.com"], b: ["*"], c: ["h.com"] }), { config: { vhostHeader: "x-h" } });
const onlyRest = web(hosts({ b: ["*"] }), { config: { vhostHeader: "x-h" } });

const rows: readonly Row[] = [
  ["exact first", order, host("foo.example.com"), "d"],
  ["then the longest suffix", order, host("y-x.example.com"), "e"],
  ["then a shorter suffix", order, host("y.example.com"), "c"],
  ["suffix beats prefix", order, host("foo.b.com"), "f"],
  ["then prefix", order, host("foo.org"), "b"],
  ["then *", order, host("bar.org"), "a"],
  ["the longest prefix", twoPrefixes, host("foo.b.org"), "b"],
  ["a wildcard takes at least one character: suffix", order, host(".example.com"), "f"],
  ["a wildcard takes at least one character: prefix", twoPrefixes, host("foo."), "404"],
  ["a wildcard takes at least one character: dash", order, host("-x.example.com"), "c"],
  ["Host is lowered", order, host("FOO.Example.COM"), "d"],
  ["a star inside is a character", literal, host("a*.com"), "a"],
  ["a star inside is a character", literal, host("ab.com"), "404"],
  ["a second star is a character", literal, host("q*.com"), "b"],
  ["a second star is a character", literal, host("q.com"), "404"],
  ["the empty domain takes the empty Host", literal, host(""), "c"],
  ["the chosen virtual host decides alone", alone, host("a.com"), "404"],
  ["no virtual host", web(hosts({ a: ["a.com"] })), host("b.com"), "404"],
  ["no route table", web([], { http: { routeConfig: "gone" } }), host("b.com"), "404"],
  ["the port is part of the host", ports, host("a.com:80"), "b"],
  ["the port is part of the host", ports, host("a.com:81"), "e"],
  ["a prefix takes a port", ports, host("b.com:80"), "d"],
  ["ignore_port_in_host_matching", ignorePort, host("a.com:80"), "a"],
  ["ignore_port_in_host_matching: empty port", ignorePort, host("a.com:"), "a"],
  ["ignore_port_in_host_matching: no number", ignorePort, host("a.com:abc"), "a"],
  ["ignore_port_in_host_matching: any number", ignorePort, host("a.com:99999"), "a"],
  ["ignore_port_in_host_matching: IPv6", ignorePort, host("[::1]:80"), "c"],
  ["ignore_port_in_host_matching: IPv6 without port", ignorePort, host("[::1]"), "c"],
  ["ignore_port_in_host_matching does not cut domains", ignorePort, host("c.com:80"), "d"],
  ["strip_any_host_port", stripAny, host("a.com:99999"), "a"],
  ["strip_any_host_port wants digits", stripAny, host("a.com:"), "b"],
  ["strip_any_host_port wants digits", stripAny, host("a.com:abc"), "b"],
  ["strip_matching_host_port: the port connected to", stripMatching, host("a.com:80"), "a"],
  ["strip_matching_host_port: another", stripMatching, host("a.com:81"), "b"],
  ["a trailing dot is part of the host", dots, host("a.com."), "b"],
  ["strip_trailing_host_dot", stripDot, host("a.com."), "a"],
  ["strip_trailing_host_dot before a port", stripDot, host("a.com.:80"), "b"],
  ["strip_trailing_host_dot takes one", stripDot, host("a.com.."), "c"],
  ["vhost_header replaces Host", byHeader, host("a.com", ["x-h: h.com"]), "c"],
  ["vhost_header absent: 404", byHeader, host("a.com"), "404"],
  ["vhost_header plays no part when there is only *", onlyRest, host("a.com"), "b"],
  ["two Host lines", dots, { head: "GET / HTTP/1.1\r\nHost: a.com\r\nHost: a.com\r\n\r\n" }, "b"],
  ["Host missing", dots, { head: "GET / HTTP/1.1\r\n\r\n" }, "400"],
  ...[" ", "/", "|", "#", "\xe9"].map((char): Row => ["Host with a bad character", dots, host(`a${char}b`), "400"]),
  ...["a,b", "a_b", "a*", "%61", "user@a.com"].map((name): Row => ["Host with an odd character", dots, host(name), "b"]),
  ["a virtual host left to a proxy", web([vhost(["*"], none, { punt: "KM2005" })]), host("a.com"), "punt KM2005"],
];
tableSuite("virtual hosts", rows).run();
