import type { Cluster } from "../../compiler/decode/gen/types.ts";
import { decodeResource, type XdsResource, type XdsSnapshot } from "../../compiler/decode/index.ts";
import { Collector, type Diagnostic } from "../../compiler/diag/index.ts";
import type { HirCluster, HirModel } from "../../compiler/hir/index.ts";
import { type CompiledModel, compileModel } from "../../compiler/index.ts";
import { createEach, createLast } from "../../compiler/memo/index.ts";
import { type AnswerOf, createResolveMemo, hostnameQueries, resolveSnapshot } from "../../compiler/resolve/index.ts";
import { blame } from "./blame.ts";
import { createDraft } from "./draft.ts";
import { edsNameOf } from "./eds-name.ts";
import { type BuildRequest, type ClusterHostnames, keyOf, type Rejection } from "./types.ts";

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

/** @param decodeBy a decodeResource that may know some resources already */
export function createMesh(decodeBy: typeof decodeResource = decodeResource): Mesh {
  const memo = createResolveMemo();
  const draft = createDraft(decodeBy);
  const { held } = draft;
  const ofCompiler = createLast();
  const ofMesh = createLast();
  /** By the keys of queries. */
  const answers = new Map<string, readonly string[]>();

  const namesOf = createEach(({ name }: HirCluster) => name);
  const haveHostnames = createEach(hasHostnames);
  const askEds = createEach(edsNameOf);

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

  return {
    compile({ known, changes, fallbacks = [] }) {
      const start = performance.now();
      draft.keep();
      for (const input of known) {
        if (input.kind !== "answer") draft.know(input);
        else if (input.addresses) answers.set(input.name, input.addresses);
        else answers.delete(input.name);
      }
      const rejected: Rejection[] = [];
      const unusable: Rejection[] = [];
      for (const resource of fallbacks) {
        const diagnostics = draft.fallBack(resource);
        if (diagnostics) unusable.push({ kind: resource.kind, name: resource.name, diagnostics });
      }
      for (const change of changes) {
        const diagnostics = draft.change(change);
        if (diagnostics) rejected.push({ kind: change.kind, name: change.name, diagnostics });
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
        const blamed = blame(sink.list(), draft.changes(), held);
        for (const one of blamed) {
          rejected.push(one);
          draft.undoOne(keyOf(one.kind, one.name));
        }
        if (blamed.length > 0) continue;
        // What they were good with may have gone.
        const misfits = blame(sink.list(), draft.fallbacks(), held);
        for (const one of misfits) {
          unusable.push(one);
          draft.drop(keyOf(one.kind, one.name));
        }
        if (misfits.length > 0) continue;
        if (!compiled) {
          draft.undo();
          const errors = sink.list().filter(({ severity }) => severity === "error");
          return { kind: "rejected", diagnostics: [...rejected.flatMap((one) => one.diagnostics), ...errors] };
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
          diagnostics: [...draft.punts(), ...sink.list()],
          timing: { decode: decoded - start, resolve: resolveTime, tables: tablesTime },
        };
      }
    },
    undo: draft.undo,
    keep: draft.keep,
  };
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
