import { decodeResource, type XdsRawResource } from "../../compiler/decode/index.ts";
import { Collector, type Diagnostic, InternalError } from "../../compiler/diag/index.ts";
import type { HirCluster } from "../../compiler/hir/index.ts";
import { type CompiledRun, compileRun } from "../../compiler/index.ts";
import { resolveSnapshot } from "../../compiler/resolve/index.ts";

/** What new endpoints mean for one cluster. */
export type ClusterChange =
  /** Its run, and nothing else: one cell. */
  | { readonly kind: "run"; readonly run: CompiledRun }
  | { readonly kind: "structural" }
  /** The endpoints are in error. */
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] };

/** Works out what a change of one cluster's endpoints is, in the work of its size. */
export interface ClusterRuns {
  /** @param before what runs; undefined: the cluster had no endpoints resource */
  change(cluster: XdsRawResource, before: XdsRawResource | undefined, after: XdsRawResource): ClusterChange;
  /** The run of a cluster of a new generation, whose cell is there; undefined where it has none. */
  run(cluster: XdsRawResource, endpoints: XdsRawResource): CompiledRun | undefined;
}

/** How many clusters' meaning is kept: those that change keep changing. */
const KEPT = 1024;

interface Known {
  readonly cluster: XdsRawResource;
  readonly endpoints: XdsRawResource | undefined;
  readonly hir: HirCluster | undefined;
}

export function createClusterRuns(): ClusterRuns {
  /** By name of the cluster. */
  const known = new Map<string, Known>();

  const remember = (entry: Known): void => {
    known.delete(entry.cluster.name);
    known.set(entry.cluster.name, entry);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
  };
  const hirOf = (cluster: XdsRawResource, endpoints: XdsRawResource | undefined): HirCluster | undefined => {
    const entry = known.get(cluster.name);
    if (entry && entry.cluster === cluster && entry.endpoints === endpoints) return entry.hir;
    return resolve(cluster, endpoints).hir;
  };

  return {
    change(cluster, before, after) {
      const { hir, diagnostics } = resolve(cluster, after);
      const errors = diagnostics.filter((d) => d.severity === "error");
      if (errors.length > 0) return { kind: "rejected", diagnostics: errors };
      const old = hirOf(cluster, before);
      if (!hir || !old || !sameButEndpoints(old, hir)) return { kind: "structural" };
      // A cluster that connect() could not go to has no cell to change.
      if (!compileRun(old)) return { kind: "structural" };
      const run = compileRun(hir);
      if (!run) return { kind: "structural" };
      remember({ cluster, endpoints: after, hir });
      return { kind: "run", run };
    },
    run(cluster, endpoints) {
      const hir = hirOf(cluster, endpoints);
      return hir && compileRun(hir);
    },
  };
}

function resolve(
  cluster: XdsRawResource,
  endpoints: XdsRawResource | undefined,
): { readonly hir: HirCluster | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const sink = new Collector();
  const decodedCluster = decodeResource(cluster, new Collector());
  const decodedEndpoints = endpoints && decodeResource(endpoints, sink);
  if (!decodedCluster) throw new InternalError(`cluster ${cluster.name} runs, but does not decode`);
  const model = resolveSnapshot(
    { listeners: [], routes: [], clusters: [decodedCluster], endpoints: decodedEndpoints ? [decodedEndpoints] : [] },
    sink,
  );
  return { hir: model.clusters[0], diagnostics: sink.list() };
}

/** Punts, drops and everything else that other tables know of is as it was. */
function sameButEndpoints(a: HirCluster, b: HirCluster): boolean {
  const rest = ({ priorities: _endpoints, ...others }: HirCluster): string => JSON.stringify(others);
  return rest(a) === rest(b);
}
