import { compareText, type DiagnosticSink } from "../diag/index.ts";
import { DecodedResource, rootPath } from "./decoded-resource.ts";
import type { Listener } from "./gen/types.ts";
import { jsonOf } from "./input/document.ts";
import { readFiles } from "./input/files.ts";
import { type RawResource, type Update, whereOf } from "./input/raw.ts";
import { readJsonMessage } from "./json/message.ts";
import { newJsonReader } from "./json/reader.ts";
import { planOf, preparePlans } from "./plan/plan.ts";
import { startResource } from "./reading.ts";
import { newState, type ReadState } from "./state.ts";
import type { DecodeSnapshot, XdsKind, XdsResource } from "./types.ts";
import { newReader } from "./wire/bytes.ts";
import { readMessage } from "./wire/message.ts";
import { newStencils } from "./wire/stencils.ts";

const types: Readonly<Record<XdsKind, string>> = {
  listener: "envoy.config.listener.v3.Listener",
  route: "envoy.config.route.v3.RouteConfiguration",
  cluster: "envoy.config.cluster.v3.Cluster",
  endpoint: "envoy.config.endpoint.v3.ClusterLoadAssignment",
};

/**
 * Reads what the files hold, told by their content: an Envoy config_dump, a bootstrap, DiscoveryResponses (JSON or protobuf), resources in
 * JSON. What can't be read is in `sink`; an error rejects its resource only, and an earlier version of it in the same sequence stays.
 */
export const decodeSnapshot: DecodeSnapshot = (files, sink, onDecoded = () => undefined) => {
  const held = applyUpdates(readFiles(files, sink), sink);
  prepareResources();
  const state = newState(sink, { stencils: newStencils() });
  const list = (kind: XdsKind): readonly XdsResource[] => decodeAll(held[kind], kind, state, onDecoded);
  return { listeners: list("listener"), routes: list("route"), clusters: list("cluster"), endpoints: list("endpoint") };
};

/** Reads the protos and builds all plans. */
export function prepareResources(): void {
  preparePlans(Object.values(types));
}

/** What was sent of a resource, the newest first. */
export interface Version {
  readonly raw: RawResource;
  readonly older: Version | undefined;
  /** The index of the update that it came with. */
  readonly update: number;
}

/** By name. */
export type Versions = ReadonlyMap<string, Version>;

/** What a sequence of updates leaves: a full set replaces what came before it, other resources are added. */
export function applyUpdates(updates: readonly Update[], sink: DiagnosticSink): Readonly<Record<XdsKind, Versions>> {
  const held: Record<XdsKind, Map<string, Version>> = { listener: new Map(), route: new Map(), cluster: new Map(), endpoint: new Map() };
  for (const [update, { resources, replaces }] of updates.entries()) {
    const before = { ...held };
    for (const kind of replaces) held[kind] = new Map();
    for (const raw of resources) {
      const key = keyOf(raw);
      const now = held[raw.kind];
      const twin = now.get(key);
      if (twin?.update === update) reportTwin(raw, twin.raw, sink);
      else now.set(key, { raw, older: now === before[raw.kind] ? twin : before[raw.kind].get(key), update });
    }
  }
  return held;
}

/** What tells resources of a kind apart: those without a name by where they stand. */
function keyOf(resource: RawResource): string {
  return resource.name === "" ? `\u0000${whereOf(resource)}` : resource.name;
}

function reportTwin(resource: RawResource, twin: RawResource, sink: DiagnosticSink): void {
  const path = rootPath(resource.kind, resource.name);
  if (sameContent(resource, twin)) {
    sink.note("KM1021", resource.kind, () => path, `stands twice, with the same content`);
    return;
  }
  sink.add({
    code: "KM1021",
    severity: "error",
    path,
    message: `a second ${resource.kind} of this name (${whereOf(resource)}) is left out; the first is at ${whereOf(twin)}`,
  });
}

function sameContent({ content: a }: RawResource, { content: b }: RawResource): boolean {
  if (a.form !== b.form) return false;
  if (Buffer.compare(a.bytes.subarray(a.start, a.end), b.bytes.subarray(b.start, b.end)) === 0) return true;
  return a.form === "json" && JSON.stringify(jsonOf(a)) === JSON.stringify(jsonOf(b));
}

function decodeAll(
  versions: Versions,
  kind: XdsKind,
  state: ReadState,
  onDecoded: (resource: XdsResource) => void,
): readonly XdsResource[] {
  const decoded: XdsResource[] = [];
  // Only what is known by its address can have the name of another.
  const addresses = new Set<string>();
  for (const [key, version] of [...versions].sort((a, b) => compareText(a[0], b[0]))) {
    const resource = firstThatDecodes(version, kind, state);
    if (!resource) continue;
    if (addresses.size > 0 && addresses.has(resource.name)) {
      state.sink.add({ code: "KM1021", severity: "error", path: resource.path, message: `a second ${kind} of this address is left out` });
      continue;
    }
    if (key !== resource.name) addresses.add(resource.name);
    decoded.push(resource);
    onDecoded(resource);
  }
  return addresses.size === 0 ? decoded : decoded.sort((a, b) => compareText(a.name, b.name));
}

/** The newest version without errors; undefined, with diagnostics, where none is. */
function firstThatDecodes(newest: Version, kind: XdsKind, state: ReadState): XdsResource | undefined {
  for (let version: Version | undefined = newest; version; version = version.older) {
    const resource = decodeRaw(version.raw, kind, state);
    if (resource) return resource;
  }
  return undefined;
}

/** Undefined, with diagnostics, where it has an error. */
export function decodeRaw(raw: RawResource, kind: XdsKind, state: ReadState): XdsResource | undefined {
  const plan = planOf(types[kind]);
  startResource(state, () => (raw.name === "" ? whereOf(raw) : rootPath(kind, raw.name)), raw.unknownField);
  const { content } = raw;
  const message =
    content.form === "json"
      ? readJsonMessage(newJsonReader(content, content.start), plan, state)
      : readMessage(newReader(content, content.start, content.end), plan, state);
  if (state.errors > 0) return undefined;
  if (raw.name !== "") return new DecodedResource(kind, raw.name, message);
  const name = kind === "listener" ? addressOf(message as Listener) : "";
  if (name !== "") return new DecodedResource(kind, name, message);
  const what = kind === "listener" ? "neither a name nor an address" : "no name";
  state.sink.add({ code: "KM1020", severity: "error", path: state.root(), message: `a ${kind} with ${what} is left out` });
  return undefined;
}

/** `0.0.0.0:80`, `[::]:80`, a pipe's path, or nothing. */
function addressOf(listener: Listener): string {
  const { socket_address: socket, pipe } = listener.address ?? {};
  if (!socket) return pipe?.path ?? "";
  const ip = socket.address ?? "";
  return `${ip.includes(":") ? `[${ip}]` : ip}:${socket.port_value ?? socket.named_port ?? 0}`;
}
