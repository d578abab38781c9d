import { chain, listener, model } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

const to = (text: string) => ({ to: text });
const wildcard = (text: string, name: string, ipv4Compat = false) => ({
  ...listener(text, [chain(name)]),
  addresses: [{ ip: text.startsWith("[") ? "::" : "0.0.0.0", port: Number(text.split(":").at(-1)), ipv4Compat }],
});
const virtual = listener("0.0.0.0:15001", [chain("c", { destinationPort: 15001 }), chain("d")], { useOriginalDst: true });
const three = model([listener("10.0.1.1:81", [chain("a")]), wildcard("0.0.0.0:81", "b"), virtual]);
const alone = model([listener("10.0.1.1:81", [chain("a")])]);
const failing = model([listener("10.0.1.1:80", [chain("a", { serverNames: ["x"] })]), wildcard("0.0.0.0:80", "b"), virtual]);
const families = model([
  wildcard("0.0.0.0:80", "a"),
  wildcard("[::]:80", "b"),
  wildcard("[::]:81", "c", true),
  wildcard("[::]:82", "e"),
  virtual,
]);
const additional = model([listener(["10.0.0.1:80", "10.0.0.2:81"], [chain("a")]), virtual]);
const tlsFirst = { tls: true, http: false };
const twoStages = model([
  listener("10.0.0.1:80", [chain("a", { transportProtocol: "tls" }), chain("b")]),
  { ...virtual, inspectors: tlsFirst },
]);

const rows: readonly Row[] = [
  ["an exact address comes first", three, to("10.0.1.1:81"), "a"],
  ["then the wildcard with that port", three, to("10.0.1.2:81"), "b"],
  ["then the use_original_dst listener", three, to("10.0.1.2:80"), "d"],
  ["the virtual listener's own port is nothing special", three, to("10.0.1.1:15001"), "c"],
  ["nobody takes it", alone, to("10.0.1.1:80"), "pass unmanaged"],
  ["the chosen listener decides alone", failing, to("10.0.1.1:80"), "close no_filter_chain"],
  ["0.0.0.0 takes IPv4", families, to("10.0.0.1:80"), "a"],
  ["[::] takes IPv6", families, to("[2001:db8::1]:80"), "b"],
  ["[::] with ipv4_compat takes IPv4", families, to("10.0.0.1:81"), "c"],
  ["[::] without it does not", families, to("10.0.0.1:82"), "d"],
  ["an IPv4-mapped destination is IPv6", families, to("[::ffff:10.0.0.1]:82"), "e"],
  ["additional addresses: the first", additional, to("10.0.0.1:80"), "a"],
  ["additional addresses: the second", additional, to("10.0.0.2:81"), "a"],
  ["address and port are paired", additional, to("10.0.0.1:81"), "d"],
  ["address and port are paired", additional, to("10.0.0.2:80"), "d"],
  ["the virtual listener's filters run first", twoStages, { to: "10.0.0.1:80", tls: {} }, "a"],
  ["a listener left to a proxy", model([listener("10.0.0.1:80", [], { punt: "KM2001" })]), to("10.0.0.1:80"), "punt KM2001"],
];
tableSuite("from connection to listener", rows).run();
