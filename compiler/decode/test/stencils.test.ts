/** Messages of one form are put together from their texts: as if each was read by itself, whatever differs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Random, random } from "../../../test/shuffle.ts";
import { Collector } from "../../diag/index.ts";
import { packageRoot } from "../../package-root.ts";
import { createDecoder, newStencils, readRawResources, type XdsRawResource } from "../index.ts";
import { memoryOf } from "../memory.ts";
import { planOf } from "../plan/plan.ts";
import { startResource } from "../reading.ts";
import { newState } from "../state.ts";
import { newReader } from "../wire/bytes.ts";
import { readMessage } from "../wire/message.ts";
import { compare } from "./alike.ts";
import { encodeJson, encodeResponse, field } from "./encoding.ts";

const stencils = suite("decode: stencils");

const clusterType = "envoy.config.cluster.v3.Cluster";
const assignmentType = "envoy.config.endpoint.v3.ClusterLoadAssignment";

function clusterOf(bytes: Uint8Array): XdsRawResource {
  return { kind: "cluster", name: "c", form: "protobuf", bytes };
}

function endpointsOf(bytes: Uint8Array): XdsRawResource {
  return { kind: "endpoint", name: "c", form: "protobuf", bytes };
}

function cluster(name: string, fields: object = {}): XdsRawResource {
  return clusterOf(encodeJson(clusterType, { name, alt_stat_name: name, eds_cluster_config: { service_name: name }, ...fields }));
}

stencils("names differ, and what is noted", () => {
  const raws = ["aaaa", "bbbb", "cccc", "dddd"].map((name) => cluster(name, { connect_timeout: "1s" }));
  assert.is(compare(raws), 3);
});

stencils("names differ in what a proxy is left with", () => {
  const tls = (name: string): object => ({
    name: "tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      common_tls_context: {
        validation_context: { match_typed_subject_alt_names: [{ san_type: "URI", matcher: { exact: `spiffe://td/ns/a/sa/${name}` } }] },
      },
    },
  });
  const raws = ["aaaa", "bbbb", "cccc", "dddd"].map((name) => cluster(name, { transport_socket: tls(name) }));
  assert.is(compare(raws), 3);
});

stencils("what is the same in two may differ in the third", () => {
  const raws = ["aaaa", "aaaa", "bbbb", "bbbb", "aaaa", "bbbb"].map((service, i) =>
    cluster(`cluster${i}`, { eds_cluster_config: { service_name: service } }),
  );
  assert.ok(compare(raws) > 0);
});

stencils("parts that are the same are one object, others are not", () => {
  const decode = createDecoder();
  const [, b, c] = ["aaaa", "bbbb", "cccc"].map((name) => decode(cluster(name, { filters: [{ name: "f" }] }), new Collector())!.message);
  assert.is(b!["filters"], c!["filters"]);
  assert.is.not(b!["eds_cluster_config"], c!["eds_cluster_config"]);
});

stencils("a text that is not UTF-8, or against its rule, is told of", () => {
  const names = ["abcd", "efgh", "a\ufffdb", Buffer.from([0x61, 0xff, 0xfe, 0x62]), "ijkl", "\u00e4\u00f6", ""];
  compare(names.map((name) => clusterOf(Buffer.concat([field(1, name), field(28, name), field(3, field(2, name))]))));
  const table = (header: string): XdsRawResource => {
    const routes = [{ name: "route", match: { prefix: "/", headers: [{ name: header, present_match: true }] }, non_forwarding_action: {} }];
    const bytes = encodeJson("envoy.config.route.v3.RouteConfiguration", {
      name: "r",
      virtual_hosts: [{ name: "v", domains: ["*"], routes }],
    });
    return { kind: "route", name: "r", form: "protobuf", bytes };
  };
  assert.ok(compare(["abcd", "efgh", "ijkl", "a\nbc", "mnop"].map(table)) > 1);
});

stencils("a text that is judged and not kept", () => {
  const raws = ["aaaa", "bbbb", "cccc"].map((name): XdsRawResource => {
    const proxy = {
      "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
      stat_prefix: name,
      cluster: name,
    };
    const filter_chains = [{ filters: [{ name: "tcp", typed_config: proxy }] }];
    return { kind: "listener", name, form: "protobuf", bytes: encodeJson("envoy.config.listener.v3.Listener", { name, filter_chains }) };
  });
  assert.is(compare(raws), 2);
});

stencils("a message that is judged by its texts, and not kept", () => {
  const table = (key: string): XdsRawResource => {
    const route = { match: { prefix: "/" }, non_forwarding_action: {}, response_headers_to_add: [{ header: { key, value: key } }] };
    const virtual_hosts = [{ name: "v", domains: ["*"], routes: [route] }];
    const bytes = encodeJson("envoy.config.route.v3.RouteConfiguration", { name: "r", virtual_hosts });
    return { kind: "route", name: "r", form: "protobuf", bytes };
  };
  assert.ok(compare(["abcd", "abcd", "abcd", "efgh", "efgh", "efgh", "host", "Host", "ijkl", ":abc"].map(table)) > 1);
});

stencils("a text of a note that is kept", () => {
  const assignment = (last: string): XdsRawResource => {
    const at = (address: string) => ({ address: { socket_address: { address, port_value: 80 } } });
    const endpoint = { ...at("10.0.0.1"), additional_addresses: [at(`10.0.0.${last}`)] };
    return endpointsOf(encodeJson(assignmentType, { cluster_name: "c", endpoints: [{ lb_endpoints: [{ endpoint }] }] }));
  };
  assert.ok(compare(["2", "3", "4", "3"].map(assignment)) > 1);
});

stencils("where the protos' rules hold, and where they do not", () => {
  const plan = planOf("envoy.config.route.v3.HeaderMatcher");
  const state = newState(new Collector(), { stencils: newStencils() });
  const errorsOf = (validates: boolean, name: string): number => {
    startResource(state, () => "r", "note");
    state.validates = validates;
    readMessage(newReader(memoryOf(encodeJson(plan.name, { name, string_match: { exact: "something" } }))), plan, state);
    return state.errors;
  };
  assert.equal(
    ["abcd", "efgh", "i\nkl"].map((name) => errorsOf(false, name)),
    [0, 0, 0],
  );
  assert.is(errorsOf(true, "m\nop"), 1);
});

stencils("a field that is set twice, a message in two pieces, one of a oneof after the other", () => {
  const twice = (a: string, b: string): XdsRawResource => clusterOf(Buffer.concat([field(1, a), field(1, b), field(28, a)]));
  compare([twice("aaaaaa", "bbbbbb"), twice("cccccc", "dddddd"), twice("eeeeee", "eeeeee"), twice("ffffff", "gggggg")]);
  const pieces = (a: string, b: string): XdsRawResource =>
    clusterOf(Buffer.concat([field(1, "c"), field(3, field(2, a)), field(28, a), field(3, field(2, b))]));
  compare([pieces("aaaaaa", "bbbbbb"), pieces("cccccc", "bbbbbb"), pieces("eeeeee", "ffffff"), pieces("aaaaaa", "gggggg")]);
  const locality = (region: string): Uint8Array => field(2, Buffer.concat([field(1, field(1, region)), field(1, field(2, "zone"))]));
  const raws = ["aaaa", "bbbb", "cccc"].map((region) => endpointsOf(Buffer.concat([field(1, "cluster-name"), locality(region)])));
  compare(raws);
  const host = (text: string): Uint8Array => field(1, field(1, field(1, field(2, text))));
  const address = (a: string, b: string): XdsRawResource =>
    endpointsOf(Buffer.concat([field(1, "c"), field(2, field(2, Buffer.concat([host(a), field(5, b)]))), field(2, field(2, field(5, a)))]));
  compare(["aaaa", "bbbb", "cccc"].flatMap((a) => ["dddd", "eeee", "ffff"].map((b) => address(a, b))));
});

stencils("the same message at two places of another", () => {
  const locality = (region: string): Uint8Array => encodeJson("envoy.config.core.v3.Locality", { region, zone: "zone-of-some-length" });
  const group = (region: string): Uint8Array => field(2, field(1, locality(region)));
  const raw = (...regions: readonly string[]): XdsRawResource =>
    endpointsOf(Buffer.concat([field(1, "cluster-name"), ...regions.map(group)]));
  compare([raw("a", "a"), raw("b", "b"), raw("c", "d"), raw("e", "e"), raw("a", "b"), raw("b", "a"), raw("a", "a")]);
});

stencils("endpoints by the thousand: their parts are found, though no two assignments are alike", () => {
  const hosts = (n: number): object[] =>
    Array.from({ length: 3 + (n % 5) }, (_, i) => ({
      endpoint: { address: { socket_address: { address: `10.0.${n % 200}.${i}`, port_value: 80 } } },
      metadata: { filter_metadata: { istio: { workload: `w-${n};ns` } } },
    }));
  const raws = Array.from({ length: 200 }, (_, n): XdsRawResource => {
    return endpointsOf(encodeJson(assignmentType, { cluster_name: `c${n}`, endpoints: [{ lb_endpoints: hosts(n) }] }));
  });
  assert.ok(compare(raws) > 500);
});

stencils("bytes of the fixtures, changed at random", () => {
  const next = random(1);
  let found = 0;
  for (const raw of fixtureResources()) found += compare([raw, raw, ...Array.from({ length: 6 }, () => changed(raw, next)), raw]);
  assert.ok(found > 1000, `${found} messages were put together`);
});

/** Resources of all fixtures that protobufjs can encode. */
function* fixtureResources(): Generator<XdsRawResource> {
  const fixtures = join(packageRoot, "fixtures");
  for (const name of readdirSync(fixtures)) {
    const path = join(fixtures, name, "snapshot.json");
    if (!existsSync(path)) continue;
    const { resources } = JSON.parse(readFileSync(path, "utf8")) as { resources?: readonly object[] };
    let bytes: Uint8Array;
    try {
      bytes = encodeResponse(resources ?? []);
    } catch {
      continue;
    }
    yield* readRawResources([{ name, bytes }], new Collector());
  }
}

/** A few letters or other bytes differ; mostly letters, which leave the form as it is. */
function changed(raw: XdsRawResource, next: Random): XdsRawResource {
  const bytes = new Uint8Array(raw.bytes);
  for (let i = 0; i < 3; i++) {
    const at = Math.floor(next() * bytes.length);
    const isLetter = bytes[at]! >= 0x61 && bytes[at]! <= 0x7a;
    if (isLetter) bytes[at] = 0x61 + Math.floor(next() * 26);
    else if (next() < 0.2) bytes[at] = Math.floor(next() * 256);
  }
  return { ...raw, bytes };
}

stencils.run();
