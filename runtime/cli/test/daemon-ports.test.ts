import { suite } from "uvu";
import * as assert from "uvu/assert";
import { daemonPorts } from "../daemon-ports.ts";

const ports = suite("daemon ports");

const at = (address: string) => ({ address });

ports("the control plane's and those of name servers", () => {
  for (const [address, expected] of [
    ["istiod.istio-system.svc:15012", [53, 15_012]],
    ["dns:///istiod.istio-system.svc:15010", [53, 15_010]],
    ["[fd00::1]:15012", [53, 15_012]],
    ["unix:/run/xds.sock", [53]],
  ] as const)
    assert.equal(daemonPorts(at(address), undefined, {}), expected, address);
  assert.equal(daemonPorts(undefined, undefined, {}), [53], "a snapshot");
  assert.equal(daemonPorts(undefined, ["10.0.0.10", "10.0.0.11:5353", "fd00::a", "[fd00::b]:5454"], {}), [53, 5353, 5454]);
});

ports("any, where they can't be known", () => {
  assert.is(daemonPorts(at("istiod.istio-system.svc"), undefined, {}), undefined, "no port");
  for (const proxy of ["grpc_proxy", "https_proxy", "http_proxy"])
    assert.is(daemonPorts(at("istiod:15012"), undefined, { [proxy]: "http://10.0.0.3:3128" }), undefined, proxy);
  assert.equal(daemonPorts(at("istiod:15012"), undefined, { https_proxy: "" }), [53, 15_012], "an empty one is none");
});

ports.run();
