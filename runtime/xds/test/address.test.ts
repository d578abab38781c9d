import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseXdsAddress } from "../address.ts";

const address = suite("xds: address");

address("what gRPC reads, with its port or path", () => {
  for (const [text, expected] of [
    ["istiod.istio-system.svc:15012", { kind: "tcp", port: 15_012 }],
    ["dns:///istiod.istio-system.svc:15010", { kind: "tcp", port: 15_010 }],
    ["dns://10.0.0.10/istiod:15010", { kind: "tcp", port: 15_010 }],
    ["dns:istiod:15010", { kind: "tcp", port: 15_010 }],
    ["10.0.0.1:1", { kind: "tcp", port: 1 }],
    ["[fd00::1]:65535", { kind: "tcp", port: 65_535 }],
    ["[fe80::1%eth0]:15012", { kind: "tcp", port: 15_012 }],
    ["unix:/run/xds.sock", { kind: "unix", path: "/run/xds.sock" }],
    ["unix:///run/xds.sock", { kind: "unix", path: "///run/xds.sock" }],
  ] as const)
    assert.equal(parseXdsAddress(text), expected, text);
});

address("what it would take for a name", () => {
  for (const text of [
    ...["", "istiod", "istiod:", ":15010", "istiod:0", "istiod:65536", "istiod:port", "istiod:15010/", "a b:1"],
    ...["http://istiod:15010", "::1:80", "[::1]", "unix:", "unix: /run/xds.sock"],
  ])
    assert.is(parseXdsAddress(text), undefined, JSON.stringify(text));
});

address.run();
