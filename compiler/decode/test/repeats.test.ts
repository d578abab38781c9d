/** The same bytes again: the same message, the same diagnostics, and nothing changes under another's hands. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assignment, cluster, decodeFiles, decodeResources } from "./decoding.ts";
import { encodeJson, encodeResponse, field, responseOf } from "./encoding.ts";

const repeats = suite("repeats");

const type = "envoy.config.endpoint.v3.ClusterLoadAssignment";

function inZone(zone: string): object {
  return { locality: { region: "r", zone }, lb_endpoints: [{ endpoint: { address: { socket_address: { address: "10.0.0.1" } } } }] };
}

repeats("many localities, some the same", () => {
  const endpoints = Array.from({ length: 400 }, (_, i) => inZone(i % 3 === 0 ? `zone-${i}` : "zone"));
  const resource = assignment({ endpoints });
  const wire = decodeFiles({ name: "in.pb", bytes: encodeResponse([resource]) });
  assert.equal(JSON.parse(JSON.stringify(wire.endpoints)), JSON.parse(JSON.stringify(decodeResources(resource).endpoints)));
});

repeats("what is told of a message is told each time", () => {
  const socket = { protocol: "TCP", address: "10.0.0.1", port_value: 1 };
  const host = { endpoint: { address: { socket_address: socket }, health_check_config: { port_value: 1 } } };
  const resource = assignment({ endpoints: [{ lb_endpoints: [host, host, host] }] });
  const wire = decodeFiles({ name: "in.pb", bytes: encodeResponse([resource]) });
  assert.ok(
    wire.diagnostics.some(({ count }) => count === 3),
    wire.told.join(),
  );
  assert.equal(wire.diagnostics, decodeResources(resource).diagnostics);
});

repeats("a message that is merged into is not shared", () => {
  const priority = (zone: string): Uint8Array => encodeJson("envoy.config.core.v3.Locality", { region: "r", zone });
  const endpoints = (...localities: readonly Uint8Array[]): Uint8Array =>
    field(2, Buffer.concat(localities.map((bytes) => field(1, bytes))));
  const subZone = encodeJson("envoy.config.core.v3.Locality", { sub_zone: "s" });
  const other = encodeJson("envoy.config.core.v3.Locality", { zone: "other" });
  const bytes = Buffer.concat([
    field(1, "c"),
    endpoints(priority("z")),
    endpoints(priority("z"), subZone, other, subZone),
    endpoints(priority("z")),
  ]);
  const { endpoints: resources } = decodeFiles({ name: "in.pb", bytes: responseOf(type, bytes) });
  assert.equal(
    (resources[0]!.message["endpoints"] as readonly { readonly locality: object }[]).map(({ locality }) => ({ ...locality })),
    [
      { region: "r", zone: "z" },
      { region: "r", zone: "other", sub_zone: "s" },
      { region: "r", zone: "z" },
    ],
  );
});

repeats("lists in a merged message are its own", () => {
  const policy = (...selectors: readonly string[]): Uint8Array =>
    encodeJson("envoy.config.cluster.v3.Cluster.LbSubsetConfig", { subset_selectors: selectors.map((key) => ({ keys: [key] })) });
  const one = (name: string, ...policies: readonly Uint8Array[]): Uint8Array =>
    responseOf("envoy.config.cluster.v3.Cluster", Buffer.concat([field(1, name), ...policies.map((bytes) => field(22, bytes))]));
  const bytes = Buffer.concat([one("a", policy("x")), one("b", policy("x"), policy("y")), one("c", policy("x"))]);
  const { clusters } = decodeFiles({ name: "in.pb", bytes });
  assert.equal(
    clusters.map(
      ({ message }) => (message["lb_subset_config"] as { readonly subset_selectors: readonly object[] }).subset_selectors.length,
    ),
    [1, 2, 1],
  );
});

repeats("a known cluster setting, thousands of times", () => {
  const resources = Array.from({ length: 300 }, (_, i) =>
    cluster({ name: `c${String(i).padStart(3, "0")}`, common_lb_config: { healthy_panic_threshold: { value: i % 2 } } }),
  );
  const wire = decodeFiles({ name: "in.pb", bytes: encodeResponse(resources) });
  const json = decodeResources(...resources);
  assert.equal(JSON.parse(JSON.stringify(wire.clusters)), JSON.parse(JSON.stringify(json.clusters)));
  assert.equal(wire.diagnostics, json.diagnostics);
});

repeats.run();
