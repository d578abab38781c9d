import type { Cluster } from "../../compiler/decode/gen/types.ts";
import { decodeResource, type XdsKind, type XdsResource, type XdsSnapshot } from "../../compiler/decode/index.ts";
import { Collector, type Diagnostic } from "../../compiler/diag/index.ts";
import type { HirCluster, HirModel } from "../../compiler/hir/index.ts";
import { type CompiledModel, compileModel } from "../../compiler/index.ts";
import { createEach, createLast } from "../../compiler/memo/index.ts";
import { type AnswerOf, createResolveMemo, hostnameQueries, isFinal, resolveSnapshot } from "../../compiler/resolve/index.ts";
import { createHeldKinds, type HeldKinds } from "./held.ts";
import { letGoOfMessage } from "./let-go.ts";
import { type BuildRequest, type Change, type ClusterHostnames, keyOf, type Rejection } from "./types.ts";

/** A mesh of decoded resources that takes changes, and takes them back. */
export interface Mesh {
  /** Decodes and compiles with the changes; those that are in error are left out by themselves, with their last good version in place. */
  compile(request: BuildRequest): CompiledMesh | RejectedMesh;
  /** Takes back the changes and fallbacks (not what was known) of the last compile. */
  undo(): void;
  /** Lets go of what the last compile replaced: nothing is left to take back. */
  keep(): void;
}

export interface CompiledMesh {
  readonly kind: "compiled";
  readonly model: HirModel;
  readonly compiled: CompiledModel;
  /** As in Built. */
  readonly clusters: readonly string[];
  readonly assignments: readonly string[];
  readonly hostnames: readonly ClusterHostnames[];
  readonly rejected: readonly Rejection[];
  readonly unusable: readonly Rejection[];
  /** Punts and notes of the whole mesh, but for notes of decoding. */
  readonly diagnostics: readonly Diagnostic[];
  /** Milliseconds. */
  readonly timing: { readonly decode: number; readonly resolve: number; readonly tables: number };
}

/** No bundle can be made: a limit that no single change is to blame for. Nothing of the changes was taken. */
export interface RejectedMesh {
  readonly kind: "rejected";
  readonly diagnostics: readonly Diagnostic[];
}

const lists = { listener: "listeners", route: "routes", cluster: "clusters", endpoint: "endpoints" } as const;

/** @param decodeBy a decodeResource that may know some resources already */
export function createMesh(decodeBy: typeof decodeResource = decodeResource): Mesh {
  const held = createHeldKinds();
  const memo = createResolveMemo();
  const ofCompiler = createLast();
  const ofMesh = createLast();
  /** By the keys of queries. */
  const answers = new Map<string, readonly string[]>();
  let before = new Map<string, Place>();
  /** What decoding says of the resources that are held, by key; most have nothing. */
  const punts = new Map<string, readonly Diagnostic[]>();
  /** Fallbacks of the last compile, which lie below its changes. */
  let fallen = new Map<string, { readonly kind: XdsKind; readonly name: string }>();
  /** Endpoints that came since the last `keep`. */
  let arrived: XdsResource[] = [];

  const namesOf = createEach(({ name }: HirCluster) => name);
  const haveHostnames = createEach(hasHostnames);
  const askEds = createEach(assignmentOf);

  /** The list of the compile before, where it has the same items: what is made of a list is found again by it. */
  const same = <T>(place: string, list: readonly T[]): readonly T[] => ofMesh(place, list, (all) => all);
  const sameHostnames = (list: readonly ClusterHostnames[]) => ofMesh("hostnames", [JSON.stringify(list)], () => list);
  const hostnamesOf = ({ clusters }: HirModel): readonly ClusterHostnames[] => {
    const have = haveHostnames(clusters);
    const found: ClusterHostnames[] = [];
    for (let cluster = have.indexOf(true); cluster !== -1; cluster = have.indexOf(true, cluster + 1)) {
      const queries = hostnameQueries(held.cluster.get(clusters[cluster]!.name)!.message as Cluster);
      if (queries.length > 0) found.push({ cluster, queries });
    }
    return found;
  };
  /** By cluster of the model. Both lists are in the order of names, and the model has no cluster that is not a resource. */
  const assignmentsOf = ({ clusters }: HirModel, resources: readonly XdsResource[]): readonly string[] => {
    const all = askEds(resources);
    if (clusters.length === resources.length) return all;
    let at = 0;
    return clusters.map(({ name }) => {
      while (resources[at]!.name !== name) at++;
      return all[at++]!;
    });
  };
  const put = ({ kind, name, resource, said }: Place): void => {
    held[kind].put(name, resource);
    if (resource && kind === "endpoint") arrived.push(resource);
    if (said.length > 0) punts.set(keyOf(kind, name), said);
    else punts.delete(keyOf(kind, name));
  };
  const remove = (kind: XdsKind, name: string): void => put({ kind, name, resource: undefined, said: [] });
  const undoOne = (key: string): void => {
    const old = before.get(key);
    if (!old) return;
    before.delete(key);
    put(old);
  };
  const keep = (): void => {
    before = new Map();
    fallen = new Map();
    for (const resource of arrived) if (isFinal(memo, resource)) letGoOfMessage(resource);
    arrived = [];
  };
  const undo = (): void => {
    for (const key of [...before.keys()]) undoOne(key);
    for (const { kind, name } of fallen.values()) remove(kind, name);
    keep();
  };
  /** Puts one change; its diagnostics, if it is rejected. */
  const decode = ({ kind, name, resource }: Change, sink: Collector): boolean => {
    const decoded = resource && decodeBy(resource, sink);
    if (resource && !decoded) return false;
    put({ kind, name, resource: decoded, said: sink.list().filter(({ severity }) => severity === "punt") });
    return true;
  };

  return {
    compile({ known, changes, fallbacks = [] }) {
      const start = performance.now();
      keep();
      // What is known decoded before, here or in another process of this version.
      for (const input of known) {
        if (input.kind !== "answer") decode(input, new Collector());
        else if (input.addresses) answers.set(input.name, input.addresses);
        else answers.delete(input.name);
      }
      const rejected: Rejection[] = [];
      const unusable: Rejection[] = [];
      for (const resource of fallbacks) {
        const { kind, name } = resource;
        const sink = new Collector();
        if (held[kind].get(name)) continue;
        if (decode({ kind, name, resource }, sink)) fallen.set(keyOf(kind, name), { kind, name });
        else unusable.push({ kind, name, diagnostics: errorsOf(sink) });
      }
      for (const change of changes) {
        const { kind, name } = change;
        const key = keyOf(kind, name);
        const old = { kind, name, resource: held[kind].get(name), said: punts.get(key) ?? [] };
        const sink = new Collector();
        if (decode(change, sink)) {
          if (!before.has(key)) before.set(key, old);
        } else rejected.push({ kind, name, diagnostics: errorsOf(sink) });
      }
      const decoded = performance.now();
      let resolveTime = 0;
      let tablesTime = 0;
      for (;;) {
        const sink = new Collector();
        const from = performance.now();
        const snapshot: XdsSnapshot = {
          listeners: held.listener.sorted(),
          routes: held.route.sorted(),
          clusters: held.cluster.sorted(),
          endpoints: held.endpoint.sorted(),
        };
        const answerOf: AnswerOf = ({ key }) => answers.get(key) ?? noAddresses;
        const found = resolveSnapshot(snapshot, sink, { memo, inOrder: true, answerOf });
        const model: HirModel = {
          listeners: same("listeners", found.listeners),
          routeConfigs: same("route configurations", found.routeConfigs),
          clusters: same("HIR clusters", found.clusters),
        };
        const resolved = performance.now();
        const compiled = compileModel(model, sink, { last: ofCompiler });
        resolveTime += resolved - from;
        tablesTime += performance.now() - resolved;
        const blamed = blame(sink.list(), before, held);
        for (const one of blamed) {
          rejected.push(one);
          undoOne(keyOf(one.kind, one.name));
        }
        if (blamed.length > 0) continue;
        // What they were good with may have gone.
        const misfits = blame(sink.list(), fallen, held);
        for (const one of misfits) {
          unusable.push(one);
          fallen.delete(keyOf(one.kind, one.name));
          remove(one.kind, one.name);
        }
        if (misfits.length > 0) continue;
        if (!compiled) {
          undo();
          return { kind: "rejected", diagnostics: [...rejected.flatMap((one) => one.diagnostics), ...errorsOf(sink)] };
        }
        return {
          kind: "compiled",
          model,
          compiled,
          clusters: same("clusters", namesOf(model.clusters)),
          assignments: same("assignments", assignmentsOf(model, snapshot.clusters)),
          hostnames: sameHostnames(hostnamesOf(model)),
          rejected: withLost(rejected, unusable),
          unusable,
          diagnostics: [...[...punts.values()].flat(), ...sink.list()],
          timing: { decode: decoded - start, resolve: resolveTime, tables: tablesTime },
        };
      }
    },
    undo,
    keep,
  };
}

function errorsOf(sink: Collector): readonly Diagnostic[] {
  return sink.list().filter(({ severity }) => severity === "error");
}

/** Marks rejections that nothing is left to fall back to. */
function withLost(rejected: readonly Rejection[], unusable: readonly Rejection[]): readonly Rejection[] {
  const keys = new Set(unusable.map(({ kind, name }) => keyOf(kind, name)));
  return keys.size === 0 ? rejected : rejected.map((one) => (keys.has(keyOf(one.kind, one.name)) ? { ...one, lost: true } : one));
}

/** A name that has no answer yet is one without addresses, as in Envoy. */
const noAddresses: readonly string[] = [];

/** connect() goes to it, and finds it by host names. */
function hasHostnames({ discovery, punt }: HirCluster): boolean {
  return (discovery === "strict_dns" || discovery === "logical_dns") && punt === undefined;
}

/** The name of the ClusterLoadAssignment that a cluster asks EDS for, or empty. */
function assignmentOf(cluster: XdsResource | undefined): string {
  if (!cluster) return "";
  const { type, cluster_type: custom, eds_cluster_config: eds } = cluster.message as Cluster;
  if (type !== "EDS" && custom?.name !== "envoy.cluster.eds") return "";
  return eds?.service_name || cluster.name;
}

/** What stands, or stood, under a name. */
interface Place {
  readonly kind: XdsKind;
  readonly name: string;
  readonly resource: XdsResource | undefined;
  /** Punts of its decoding. */
  readonly said: readonly Diagnostic[];
}

type Pending = ReadonlyMap<string, { readonly kind: XdsKind; readonly name: string }>;

/** Changes that errors are about: the resource that the path begins with, or the endpoints of a cluster that is in error itself. */
function blame(diagnostics: readonly Diagnostic[], pending: Pending, held: HeldKinds): readonly Rejection[] {
  const blamed = new Map<string, { kind: XdsKind; name: string; diagnostics: Diagnostic[] }>();
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity !== "error") continue;
    const root = rootOf(diagnostic.path);
    if (!root) continue;
    const candidates = [root];
    if (root.kind === "cluster") candidates.push({ kind: "endpoint", name: assignmentOf(held.cluster.get(root.name)) });
    const found = candidates.find(({ kind, name }) => pending.has(keyOf(kind, name)) && held[kind].get(name));
    if (!found) continue;
    const key = keyOf(found.kind, found.name);
    const entry = blamed.get(key) ?? { ...found, diagnostics: [] };
    entry.diagnostics.push(diagnostic);
    blamed.set(key, entry);
  }
  return [...blamed.values()];
}

/** The resource that a diagnostic's path begins with. */
function rootOf(path: string): { readonly kind: XdsKind; readonly name: string } | undefined {
  const match = /^(listeners|routes|clusters|endpoints)\[("(?:[^"\\]|\\.)*")\]/.exec(path);
  if (!match) return undefined;
  const kind = (Object.keys(lists) as XdsKind[]).find((each) => lists[each] === match[1])!;
  return { kind, name: JSON.parse(match[2]!) as string };
}
