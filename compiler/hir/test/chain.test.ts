import type { HirChain, HirListener } from "../model.ts";
import { address, chain, http, listener, model, route, routeConfig, tcp, vhost } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

const of = (chains: readonly HirChain[], more: Partial<HirListener> = {}) =>
  model([listener("0.0.0.0:80", chains, { useOriginalDst: true, ...more })]);
const ip = (text: string) => {
  const [at, length] = text.split("/") as [string, string];
  return { ip: at, length: Number(length) };
};
const tls = { inspectors: { tls: true, http: false } };
const sniff = { inspectors: { tls: false, http: true } };
const sni = (name?: string, alpn: readonly string[] = []) => ({ tls: name === undefined ? { alpn } : { sni: name, alpn } });
const at = (to: string, more: object = {}) => ({ to, ...more });
const from = (source: string, more: object = {}) => ({ from: source, ...more });

const port = of([chain("a", { destinationPort: 80, serverNames: ["foo"] }), chain("b")], tls);
const prefixSni = of(
  [
    chain("a", { prefixRanges: [ip("10.0.0.0/8")], serverNames: ["foo"] }),
    chain("b", { prefixRanges: [ip("10.0.1.1/32")], serverNames: ["bar"] }),
  ],
  tls,
);
const suffixAlpn = of(
  [
    chain("a", { serverNames: ["*.com"], applicationProtocols: ["h2"] }),
    chain("b", { serverNames: ["*.example.com"], applicationProtocols: ["x"] }),
    chain("c"),
  ],
  tls,
);
const prefixSource = of([
  chain("a", { prefixRanges: [ip("10.0.1.1/32")], sourcePrefixRanges: [ip("192.168.0.0/16")] }),
  chain("b", { prefixRanges: [ip("10.0.0.0/8")] }),
]);
const sourcePort = of([
  chain("a", { sourcePrefixRanges: [ip("192.168.1.0/24")], sourcePorts: [1111] }),
  chain("b", { sourcePrefixRanges: [ip("192.168.0.0/16")] }),
]);
const externalFirst = of([chain("a", { sourceType: "external" }), chain("b", { sourcePrefixRanges: [ip("8.0.0.0/8")] })]);
const longest = of([
  chain("a", { prefixRanges: [ip("10.0.0.0/8")] }),
  chain("b", { prefixRanges: [ip("10.1.0.0/16")] }),
  chain("c", { prefixRanges: [ip("0.0.0.0/0")] }),
]);
const names = of(
  [
    chain("a", { serverNames: ["foo.com"] }),
    chain("b", { serverNames: ["*.example.com"] }),
    chain("c", { serverNames: ["*.com"] }),
    chain("d", { serverNames: ["foo.example.com"] }),
    chain("e"),
  ],
  tls,
);
const uninspected = of([
  chain("a", { serverNames: ["foo"] }),
  chain("b", { transportProtocol: "tls" }),
  chain("c", { applicationProtocols: ["h2"] }),
  chain("d", { transportProtocol: "raw_buffer" }),
]);
const transports = of([chain("a", { transportProtocol: "tls" }), chain("b", { transportProtocol: "raw_buffer" })], tls);
const alpn = of([chain("a", { applicationProtocols: ["h2"] }), chain("b", { applicationProtocols: ["http/1.1"] }), chain("c")], tls);
const http11 = of(
  [
    chain("a", { applicationProtocols: ["http/1.1"] }),
    chain("b", { applicationProtocols: ["http/1.0"] }),
    chain("c", { applicationProtocols: ["h2c"] }),
    chain("d"),
  ],
  sniff,
);
const types = of([chain("a", { sourceType: "same_ip_or_loopback" }), chain("b", { sourceType: "external" })]);
const direct = of([chain("a", { directSourcePrefixRanges: [ip("10.0.0.0/8")] }), chain("b")]);
const ports = of([chain("a", { sourcePorts: [1, 2] }), chain("b")]);
const timeout = { ...tls, listenerFiltersTimeout: 10 };
const fallback = of([chain("a", { destinationPort: 80, serverNames: ["x"] }), chain("b")], { ...tls, defaultChain: chain("c") });
const impatient = of([chain("a")], timeout);
const patient = of([chain("a", { transportProtocol: "tls" }), chain("b")], { ...timeout, continueOnListenerFiltersTimeout: true });
const forEver = of([chain("a")], { ...tls, listenerFiltersTimeout: 0 });
const notHttp = of([chain("a", { applicationProtocols: ["http/1.1"] }), chain("b")], { ...sniff, continueOnListenerFiltersTimeout: true });
const v4only = model([{ ...listener("[::]:80", [chain("a", { prefixRanges: [ip("0.0.0.0/0")] })]), useOriginalDst: true }]);
const clientHello =
  "\x16\x03\x01\x00\x40\x01\x00\x00\x3c\x03\x03" +
  "\x00".repeat(32) +
  "\x00\x00\x02\x13\x01\x01\x00\x00\x11" +
  "\x00\x00\x00\x0d\x00\x0b\x00\x00\x08Foo.com." +
  "";

const rows: readonly Row[] = [
  ["port 80 with another SNI does not go back to {}", port, sni("bar"), "close no_filter_chain"],
  ["the port's chain", port, sni("foo"), "a"],
  ["another port", port, at("10.0.0.1:81", sni("bar")), "b"],
  ["the longer prefix hides the shorter", prefixSni, at("10.0.1.1:80", sni("foo")), "close no_filter_chain"],
  ["elsewhere in the shorter", prefixSni, at("10.0.1.2:80", sni("foo")), "a"],
  ["the longer suffix hides the shorter", suffixAlpn, sni("a.example.com", ["h2"]), "close no_filter_chain"],
  ["a suffix without its ALPN does not go back to {}", suffixAlpn, sni("a.com", ["q"]), "close no_filter_chain"],
  ["no suffix", suffixAlpn, sni("a.org", ["q"]), "c"],
  ["destination prefix before source prefix", prefixSource, at("10.0.1.1:80", from("10.2.0.1:5")), "close no_filter_chain"],
  ["destination prefix with its source", prefixSource, at("10.0.1.1:80", from("192.168.3.1:5")), "a"],
  ["source prefix before source port", sourcePort, from("192.168.1.1:2"), "close no_filter_chain"],
  ["source prefix with its port", sourcePort, from("192.168.1.1:1111"), "a"],
  ["the shorter source prefix", sourcePort, from("192.168.2.1:2"), "b"],
  ["source type before source prefix", externalFirst, from("8.8.8.8:1"), "a"],
  ["source type local, no chain", externalFirst, from("127.0.0.1:1"), "close no_filter_chain"],
  ["a failed deeper level goes to the default chain", fallback, sni("y"), "c"],
  ["the default chain is not asked when one matches", fallback, at("10.0.0.1:81", { raw: "hello" }), "b"],
  ["longest prefix, whatever the order", longest, at("10.1.2.3:80"), "b"],
  ["longest prefix", longest, at("10.2.2.3:80"), "a"],
  ["an explicit /0", longest, at("11.2.2.3:80"), "c"],
  ["0.0.0.0/0 takes no IPv6", v4only, at("[2001:db8::1]:80"), "close no_filter_chain"],
  ["server names in lower case", names, sni("FOO.com"), "a"],
  ["longest suffix", names, sni("x.example.com"), "b"],
  ["a suffix takes several labels", names, sni("a.b.example.com"), "b"],
  ["a suffix takes the empty label", names, sni(".example.com"), "b"],
  ["but not the bare name", names, sni("example.com"), "c"],
  ["exact before suffix", names, sni("foo.example.com"), "d"],
  ["com does not match *.com", names, sni("com"), "e"],
  ["a trailing dot matches neither name nor suffix", names, sni("foo.example.com."), "e"],
  ["no SNI", names, sni(), "e"],
  ["plain bytes", names, { raw: "hello" }, "e"],
  ["without tls_inspector a TLS client is raw_buffer", uninspected, sni("foo", ["h2"]), "d"],
  ["tls", transports, sni(), "a"],
  ["plain bytes are raw_buffer", transports, { raw: "hello" }, "b"],
  ["{tls} alone refuses plain connections", of([chain("a", { transportProtocol: "tls" })], tls), { raw: "hello" }, "close no_filter_chain"],
  ["the client's order of protocols", alpn, sni("", ["http/1.1", "h2"]), "b"],
  ["the client's order of protocols", alpn, sni("", ["h2", "http/1.1"]), "a"],
  ["protocols are case-sensitive", alpn, sni("", ["H2"]), "c"],
  ["http_inspector: HTTP/1.1", http11, { raw: "GET / HTTP/1.1\r\n" }, "a"],
  ["http_inspector: HTTP/1.0", http11, { raw: "GET / HTTP/1.0\r\n" }, "b"],
  ["http_inspector: HTTP/1.2 counts as 1.0", http11, { raw: "GET / HTTP/1.2\r\n" }, "b"],
  ["http_inspector: no version counts as 1.0", http11, { raw: "GET /\r\n" }, "b"],
  ["http_inspector: preface", http11, { raw: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" }, "c"],
  ["http_inspector: not HTTP", http11, { raw: "\x01\x02\x03\n" }, "d"],
  ["http_inspector: words are not HTTP", http11, { raw: "hello world\n" }, "d"],
  ["http_inspector: one word", http11, { raw: "hello\n" }, "d"],
  ["http_inspector: any token is a method", http11, { raw: "FOO / HTTP/1.1\r\n" }, "a"],
  ["http_inspector: lower case too", http11, { raw: "get / HTTP/1.1\r\n" }, "a"],
  ["http_inspector: no line yet", http11, { raw: "GET / HT" }, "close no_filter_chain"],
  ["http_inspector: no line within 64 KiB", http11, { raw: `GET /${"a".repeat(65531)}\n` }, "close no_filter_chain"],
  ["http_inspector leaves TLS alone", http11, sni("x"), "d"],
  ["what is not HTTP goes on after the timeout", notHttp, {}, "b"],
  ["loopback exactly", types, from("127.0.0.1:1"), "a"],
  ["127.5.5.5 is external", types, from("127.5.5.5:1"), "b"],
  ["::1", types, at("[2001:db8::1]:80", from("[::1]:1")), "a"],
  ["the destination's own address", types, at("10.0.0.1:80", from("10.0.0.1:9")), "a"],
  ["no from is external", types, {}, "b"],
  ["direct source", direct, from("10.3.3.3:1"), "a"],
  ["direct source elsewhere", direct, from("11.3.3.3:1"), "b"],
  ["source port", ports, from("1.1.1.1:2"), "a"],
  ["another source port", ports, from("1.1.1.1:3"), "b"],
  ["no from has no listed port", ports, {}, "b"],
  ["one byte for a tls_inspector, then the timeout", impatient, { raw: "\x16" }, "close no_filter_chain"],
  ["nothing for a tls_inspector, then the timeout", impatient, {}, "close no_filter_chain"],
  ["continue_on_listener_filters_timeout", patient, { raw: "\x16" }, "b"],
  ["no timeout: waits", forEver, {}, "error waiting"],
  ["no timeout: waits for more", forEver, { raw: "\x16" }, "error incomplete"],
  ["a real ClientHello", of([chain("a", { serverNames: ["foo.com."] }), chain("b")], tls), { raw: clientHello }, "a"],
  ["a chain without filters", of([chain("a", {}, { kind: "close" })]), {}, "close no_filter_chain"],
  ["a chain left to a proxy", of([chain("a", {}, { kind: "punt", why: "KM2002" })]), {}, "punt KM2002"],
  ["tcp", of([chain("x", {}, tcp("a"))]), {}, "a"],
];
tableSuite("filter chains", rows).run();

const web = (more: object) =>
  model([listener(address, [chain("w", {}, { kind: "http", http: http(more) })])], [], [routeConfig([vhost(["*"], [route({ to: "a" })])])]);
tableSuite("connection managers and first bytes", [
  ["an HTTP/2 preface is left to a proxy", web({}), { raw: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" }, "punt KM2900"],
  ["so is codec_type HTTP2", web({ codec: "http2" }), { raw: "GET" }, "punt KM2900"],
  ["codec_type HTTP1 refuses the preface", web({ codec: "http1" }), { raw: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" }, "400"],
  ["TLS to a plaintext connection manager", web({}), { tls: {} }, "400"],
  ["not HTTP", web({}), { raw: "\x00\x01" }, "400"],
  ["no bytes", web({}), {}, "error waiting"],
  ["a filter that decides", web({ punt: "KM2003" }), {}, "punt KM2003"],
]).run();
