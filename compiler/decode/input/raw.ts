import type { DiagnosticSink } from "../../diag/index.ts";
import type { Memory } from "../memory.ts";
import type { XdsKind } from "../types.ts";

/** A resource as it stands in the input, not decoded yet. */
export interface RawResource {
  readonly kind: XdsKind;
  /** Name, or cluster name of endpoints; empty if it has none. */
  readonly name: string;
  /** Where it stands, for when its name does not tell: the `index`-th of the list `within`, `dump.json configs[2].dynamic_listeners`. */
  readonly within: string;
  readonly index: number;
  /** Envoy refuses unknown fields in a bootstrap, and ignores them elsewhere. */
  readonly unknownField: "error" | "note";
  readonly content: RawContent;
}

/** A message's bytes, or a JSON object in UTF-8: a range of what was read. */
export interface RawContent extends Memory {
  readonly form: "json" | "wire";
  readonly start: number;
  readonly end: number;
}

/** What one response (or dump, or bootstrap) says. */
export interface Update {
  readonly resources: readonly RawResource[];
  /** Kinds of which `resources` is the full set: what is not in it is gone. */
  readonly replaces: ReadonlySet<XdsKind>;
}

const kinds: ReadonlyMap<string, XdsKind> = new Map([
  ["envoy.config.listener.v3.Listener", "listener"],
  ["envoy.config.route.v3.RouteConfiguration", "route"],
  ["envoy.config.cluster.v3.Cluster", "cluster"],
  ["envoy.config.endpoint.v3.ClusterLoadAssignment", "endpoint"],
]);

/** By full message name. */
export function kindOfType(type: string): XdsKind | undefined {
  return kinds.get(type);
}

/** A response of these is the full set; one of routes or endpoints holds only what changed. */
export function isFullSet(kind: XdsKind): boolean {
  return kind === "listener" || kind === "cluster";
}

/** The response wrapper that carries a resource with its name and version. */
export const resourceWrapper = "envoy.service.discovery.v3.Resource";

export function updateOf(resources: readonly RawResource[], typeUrlKind?: XdsKind): Update {
  const replaces = new Set(resources.map((resource) => resource.kind).filter(isFullSet));
  if (typeUrlKind !== undefined && isFullSet(typeUrlKind)) replaces.add(typeUrlKind);
  return { resources, replaces };
}

export function reportType(sink: DiagnosticSink, type: string, where: string): void {
  sink.note("KM1022", type, () => where, `${type} is not read`);
}

export function whereOf(resource: Pick<RawResource, "within" | "index">): string {
  return `${resource.within}[${resource.index}]`;
}
