/** What the client reads of the wire itself: frames of responses, names and references of resources. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeResource } from "../../../compiler/decode/index.ts";
import { Collector } from "../../../compiler/diag/index.ts";
import { defaultLimits } from "../limits.ts";
import { namesOf } from "../names.ts";
import { kinds, protocolType } from "../protocol.ts";
import { encodeDelta, encodeNames, encodeSotw } from "../request.ts";
import { nameFieldId, readResponse } from "../response.ts";
import { cluster, decodeRequest, encodeProtocol, endpoints, listener, response, route } from "./messages.ts";
import { readRecording, recordings } from "./recording.ts";

const wire = suite("xds: wire");

wire("responses as protobufjs reads them", () => {
  for (const name of recordings) {
    const { mode, messages } = readRecording(name);
    const type = protocolType(mode === "sotw" ? "DiscoveryResponse" : "DeltaDiscoveryResponse");
    for (const message of messages) {
      if (message.kind !== "response") continue;
      const read = readResponse(message.bytes, mode, defaultLimits);
      const expected = type.toObject(type.decode(message.bytes), { defaults: true, arrays: true }) as {
        version_info?: string;
        system_version_info?: string;
        nonce: string;
        type_url: string;
        control_plane: { identifier: string } | null;
        removed_resources?: string[];
        resources: ({ value: Buffer } | { name: string; version: string; resource: { value: Buffer } })[];
      };
      assert.is(read.version, expected.version_info ?? expected.system_version_info);
      assert.is(read.nonce, expected.nonce);
      assert.is(read.typeUrl, expected.type_url);
      assert.is(read.controlPlane, expected.control_plane?.identifier ?? "");
      assert.equal(read.removed, expected.removed_resources ?? []);
      assert.is(read.resources.length, expected.resources.length);
      for (const [i, resource] of expected.resources.entries()) {
        const value = "resource" in resource ? resource.resource.value : resource.value;
        assert.ok(read.resources[i]!.bytes.equals(value));
        if ("resource" in resource) assert.equal([read.resources[i]!.name, read.resources[i]!.version], [resource.name, resource.version]);
        assert.is(read.resources[i]!.innerName, undefined);
      }
    }
  }
});

wire("every kind has its name in field 1", () => {
  assert.equal(kinds.map(nameFieldId), [1, 1, 1, 1]);
});

wire("broken and random bytes are an error, not a crash or a hang", () => {
  const whole = response("sotw", { kind: "listener", version: "v", nonce: "n", resources: [listener("l", ["r"]), cluster("c")] });
  const delta = response("delta", { kind: "cluster", version: "v", nonce: "n", resources: { c: cluster("c") }, removed: ["d"] });
  let broken = 0;
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const read = (bytes: Buffer, mode: "sotw" | "delta"): void => {
    try {
      readResponse(bytes, mode, defaultLimits);
    } catch (error) {
      assert.instance(error, Error);
      broken += 1;
    }
    namesOf("listener", bytes);
    namesOf("cluster", bytes);
  };
  for (const [mode, bytes] of [
    ["sotw", whole],
    ["delta", delta],
  ] as const) {
    for (let end = 0; end < bytes.length; end++) read(bytes.subarray(0, end), mode);
    for (let i = 0; i < 20_000; i++) {
      const copy = Buffer.from(bytes);
      for (let n = random(4); n >= 0; n--) copy[random(copy.length)] = random(256);
      read(copy, mode);
    }
  }
  const nested = Buffer.alloc(100_000, 0x7b);
  read(nested, "sotw");
  assert.ok(broken > 1000);
});

wire("references, as decoding finds them", () => {
  const { messages } = readRecording("kernel-native-sotw");
  let seen = 0;
  for (const message of messages) {
    if (message.kind !== "response") continue;
    for (const { name, bytes, typeUrl } of readResponse(message.bytes, "sotw", defaultLimits).resources) {
      const kind = typeUrl.endsWith(".Cluster") ? "cluster" : "listener";
      if (kind === "listener" && !typeUrl.endsWith(".Listener")) continue;
      const decoded = decodeResource({ kind, name, form: "protobuf", bytes }, new Collector())!.message;
      const expected = kind === "cluster" ? edsNames(decoded) : [...new Set(routeNames(decoded))];
      assert.equal([...namesOf(kind, bytes)].sort(), expected.sort(), name);
      seen += expected.length;
    }
  }
  assert.ok(seen > 100, String(seen));
});

function edsNames(message: { readonly [field: string]: unknown }): string[] {
  const config = message["eds_cluster_config"] as { service_name?: string } | undefined;
  return message["type"] === "EDS" ? [config?.service_name ?? (message["name"] as string)] : [];
}

/** Every `route_config_name` in an `rds`, wherever it stands. */
function routeNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(routeNames);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    const name = field === "rds" ? (inner as { route_config_name?: string }).route_config_name : undefined;
    return name !== undefined ? [name] : routeNames(inner);
  });
}

wire("references of made-up resources", () => {
  assert.equal(namesOf("cluster", cluster("a")), ["a"]);
  assert.equal(namesOf("cluster", cluster("a", { serviceName: "s" })), ["s"]);
  assert.equal(namesOf("cluster", cluster("a", { type: 0 })), []);
  assert.equal(namesOf("listener", listener("l", ["x", "y", "x"])), ["x", "y"]);
  assert.equal(namesOf("listener", listener("l")), []);
  assert.equal(namesOf("endpoint", endpoints("a")), []);
  assert.equal(namesOf("route", route("r")), []);
});

wire("the node, with every kind of metadata", () => {
  const node = {
    id: "i",
    cluster: "c",
    metadata: { text: "t", number: 1.5, yes: true, none: null, list: ["a", 1], inner: { x: "y" } },
    locality: { region: "r", zone: "z" },
    userAgentName: "kmesh-daemon",
    userAgentVersion: "1",
  };
  const request = decodeRequest("sotw", encodeSotw({ typeUrl: "t", node, version: "", nonce: "" }, encodeNames(["a"])));
  assert.equal(JSON.parse(JSON.stringify(request)), {
    type_url: "t",
    resource_names: ["a"],
    node: {
      id: "i",
      cluster: "c",
      locality: { region: "r", zone: "z" },
      user_agent_name: "kmesh-daemon",
      user_agent_version: "1",
      metadata: {
        fields: {
          text: { stringValue: "t" },
          number: { numberValue: 1.5 },
          yes: { boolValue: true },
          none: { nullValue: 0 },
          list: { listValue: { values: [{ stringValue: "a" }, { numberValue: 1 }] } },
          inner: { structValue: { fields: { x: { stringValue: "y" } } } },
        },
      },
    },
  });
});

wire("requests of delta", () => {
  const bytes = encodeDelta({ typeUrl: "t", subscribe: ["a"], unsubscribe: ["b"], initialVersions: { c: "1" }, nonce: "n" });
  assert.equal(JSON.parse(JSON.stringify(decodeRequest("delta", bytes))), {
    type_url: "t",
    resource_names_subscribe: ["a"],
    resource_names_unsubscribe: ["b"],
    initial_resource_versions: { c: "1" },
    response_nonce: "n",
  });
});

wire("unknown fields of a response are passed over", () => {
  const known = encodeProtocol("DiscoveryResponse", { version_info: "v", nonce: "n", type_url: "t" });
  const unknown = Buffer.from([0xfa, 0x07, 0x02, 0x61, 0x62]);
  assert.is(readResponse(Buffer.concat([unknown, known]), "sotw", defaultLimits).nonce, "n");
});

wire.run();
