/** What the reader's tests share: resources in, snapshot and diagnostics out. */
import { Collector, type Diagnostic } from "../../diag/index.ts";
import { decodeSnapshot, type XdsFile, type XdsMessage, type XdsSnapshot } from "../index.ts";

export interface Decoded extends XdsSnapshot {
  readonly diagnostics: readonly Diagnostic[];
  /** `severity code path`, sorted as the collector does. */
  readonly told: readonly string[];
}

export function decodeFiles(...files: readonly XdsFile[]): Decoded {
  const sink = new Collector();
  const snapshot = decodeSnapshot(files, sink);
  const diagnostics = sink.list();
  return { ...snapshot, diagnostics, told: diagnostics.map(({ severity, code, path }) => `${severity} ${code} ${path}`) };
}

export function decodeText(text: string): Decoded {
  return decodeFiles({ name: "in.json", bytes: Buffer.from(text) });
}

export function decodeResources(...resources: readonly object[]): Decoded {
  return decodeText(JSON.stringify({ resources }));
}

const prefix = "type.googleapis.com/envoy.config.";

export function cluster(fields: object): object {
  return { "@type": `${prefix}cluster.v3.Cluster`, name: "c", ...fields };
}

export function routeTable(fields: object): object {
  return { "@type": `${prefix}route.v3.RouteConfiguration`, name: "r", ...fields };
}

export function assignment(fields: object): object {
  return { "@type": `${prefix}endpoint.v3.ClusterLoadAssignment`, cluster_name: "c", ...fields };
}

export function listener(fields: object): object {
  return { "@type": `${prefix}listener.v3.Listener`, name: "l", address: address("10.0.0.1", 80), ...fields };
}

export function address(ip: string, port: number): object {
  return { socket_address: { address: ip, port_value: port } };
}

/** The message of a cluster with these fields, or undefined when it is rejected. */
export function readCluster(fields: object): XdsMessage | undefined {
  return decodeResources(cluster(fields)).clusters[0]?.message;
}

/** One route with this match, as decoded; undefined when the table is rejected. */
export function readMatch(match: object): XdsMessage | undefined {
  const route = { match, non_forwarding_action: {} };
  const { routes } = decodeResources(routeTable({ virtual_hosts: [{ name: "v", domains: ["*"], routes: [route] }] }));
  const hosts = routes[0]?.message["virtual_hosts"] as
    | readonly { readonly routes: readonly { readonly match: XdsMessage }[] }[]
    | undefined;
  return hosts?.[0]?.routes[0]?.match;
}
