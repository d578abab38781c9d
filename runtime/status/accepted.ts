import { setImmediate } from "node:timers/promises";
import { decodeResource, type XdsAny, type XdsMessage, type XdsRawResource, type XdsValue } from "../../compiler/decode/index.ts";
import { Collector } from "../../compiler/diag/index.ts";
import { addressNode, type DumpNode } from "./config-dump.ts";

/** How long the event loop waits for a piece of a dump, milliseconds. */
const PIECE_MS = 2;

/**
 * Accepted resources as a ConfigDump, in text: 10,000 services are megabytes, so it is made in pieces between which the daemon goes on.
 * Resources that change meanwhile are shown as they were at the call.
 */
export async function dumpAccepted(generation: number, resources: readonly XdsRawResource[]): Promise<string> {
  const texts: Record<"listener" | "route" | "cluster", string[]> = { listener: [], route: [], cluster: [] };
  const assignments = new Map(resources.filter(({ kind }) => kind === "endpoint").map((resource) => [resource.name, resource]));
  const byName = [...resources].sort((a, b) => (a.name < b.name ? -1 : 1));
  let since = performance.now();
  for (const resource of byName) {
    if (resource.kind === "endpoint") continue;
    texts[resource.kind].push(JSON.stringify(nodeOf(resource, assignments)));
    if (performance.now() - since < PIECE_MS) continue;
    await setImmediate();
    since = performance.now();
  }
  const list = (kind: keyof typeof texts): string => `[${texts[kind].join(",")}]`;
  const lists = `"listenerConfigs":${list("listener")},"routeConfigs":${list("route")},"clusterConfigs":${list("cluster")}`;
  return `{"dynamicResources":{"versionInfo":"${generation}",${lists}}}\n`;
}

function nodeOf(resource: XdsRawResource, assignments: ReadonlyMap<string, XdsRawResource>): DumpNode {
  const message = messageOf(resource);
  const node = objectNode(message);
  if (resource.kind !== "cluster") return node;
  const eds = message["eds_cluster_config"] as XdsMessage | undefined;
  const assignment = eds && assignments.get((eds["service_name"] as string | undefined) || resource.name);
  return assignment ? { ...node, loadAssignment: objectNode(messageOf(assignment)) } : node;
}

function messageOf(resource: XdsRawResource): XdsMessage {
  // It decoded when it was accepted.
  return decodeResource(resource, new Collector())?.message ?? { name: resource.name };
}

function objectNode(message: XdsMessage): DumpNode {
  // Without a prototype: a map may have a key of any name.
  const node = Object.create(null) as Record<string, unknown>;
  for (const [field, value] of Object.entries(message)) {
    if (value === undefined) continue;
    Object.assign(node, kmeshFields.get(field)?.(value) ?? { [camel(field)]: valueNode(value) });
  }
  return node;
}

/** Fields that Kmesh has another way; undefined: this one is as all others. */
const kmeshFields: ReadonlyMap<string, (value: XdsValue) => DumpNode | undefined> = new Map(
  Object.entries<(value: XdsValue) => DumpNode | undefined>({
    address(value) {
      const socket = (value as XdsMessage)["socket_address"] as XdsMessage | undefined;
      if (!socket) return undefined;
      const { address, port_value: port } = socket as { readonly address?: string; readonly port_value?: number };
      return { address: addressNode(address ?? "", port ?? 0) };
    },
    /** An endpoint's own fields stand beside its weight and health. */
    endpoint: (value) => objectNode(value as XdsMessage),
    typed_config(value) {
      const { any, value: message } = value as XdsAny;
      const field = filterFields.get(any);
      return field === undefined || !message ? undefined : { [field]: objectNode(message) };
    },
    string_match(value) {
      const { exact, prefix, ignore_case: ignoreCase } = value as XdsMessage;
      if (ignoreCase === true) return undefined;
      if (typeof exact === "string") return { exactMatch: exact };
      return typeof prefix === "string" ? { prefixMatch: prefix } : undefined;
    },
  }),
);

const filterFields: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy": "tcpProxy",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager": "httpConnectionManager",
  }),
);

function valueNode(value: XdsValue): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map((item: XdsValue) => valueNode(item));
  if (typeof value !== "object" || value === null) return value;
  if (isAny(value)) return { "@type": `type.googleapis.com/${value.any}`, ...(value.value && objectNode(value.value)) };
  return objectNode(value as XdsMessage);
}

function isAny(value: object): value is XdsAny {
  return "any" in value && typeof value.any === "string" && Object.keys(value).every((key) => key === "any" || key === "value");
}

function camel(field: string): string {
  return field.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
