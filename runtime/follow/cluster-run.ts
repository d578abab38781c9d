import { decodeResource, type XdsRawResource, type XdsResource } from "../../compiler/decode/index.ts";
import { Collector, type Diagnostic, InternalError } from "../../compiler/diag/index.ts";
import { type CompiledRun, compileRun } from "../../compiler/index.ts";
import { createSlot } from "../../compiler/memo/index.ts";
import { resolveOneCluster } from "../../compiler/resolve/index.ts";
import { orWhereLost } from "../spill/index.ts";

/** What a cluster learns of its endpoints from elsewhere. */
export interface Learnt {
  /** Undefined: the cluster asks EDS for none, or got none. */
  readonly endpoints: XdsRawResource | undefined;
  /** Addresses of its host names by the keys of their queries. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
}

/** What new endpoints mean for one cluster. */
export type ClusterChange =
  /** Its run, and nothing else: one cell. */
  | { readonly kind: "run"; readonly run: CompiledRun }
  | { readonly kind: "structural" }
  /** The endpoints are in error. */
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] };

/** Works out what a change of one cluster's endpoints is, in the work of its size. */
export interface ClusterRuns {
  /** @param before what runs */
  change(cluster: XdsRawResource, before: Learnt, after: Learnt): ClusterChange;
  /** The run of a cluster of a new generation, whose cell is there; undefined where it has none. */
  run(cluster: XdsRawResource, learnt: Learnt): CompiledRun | undefined;
}

/** How many clusters' meaning is kept: those that change keep changing. */
const KEPT = 1024;

/**
 * A cluster with what it was last asked about. Resources are numbers here: they may have been replaced long since, and the file that their
 * bytes lie in stays as long as they do.
 */
interface Known {
  readonly cluster: number;
  readonly decoded: XdsResource;
  /** 0: none. */
  readonly endpoints: number;
  readonly answers: Learnt["answers"];
  readonly meaning: Meaning;
}

interface Meaning {
  /** Undefined: connect() can't go there, and there is no cell to change. */
  readonly run: CompiledRun | undefined;
  /** All but the endpoints, in words: punts, drops and everything else that other tables know of. */
  readonly rest: string;
  readonly errors: readonly Diagnostic[];
}

export function createClusterRuns(): ClusterRuns {
  /** By name of the cluster. */
  const known = new Map<string, Known>();
  const numbers = createSlot<XdsRawResource, number>();
  let last = 0;

  const numberOf = (resource: XdsRawResource): number => {
    const found = numbers.get(resource);
    if (found !== undefined) return found;
    numbers.set(resource, ++last);
    return last;
  };
  const endpointsOf = ({ endpoints }: Learnt): number => (endpoints ? numberOf(endpoints) : 0);
  const remember = (name: string, entry: Known): void => {
    known.delete(name);
    known.set(name, entry);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
  };
  const knownOf = (resource: XdsRawResource, learnt: Learnt): Known => {
    const entry = known.get(resource.name);
    const [cluster, endpoints, { answers }] = [numberOf(resource), endpointsOf(learnt), learnt];
    const isSame = entry?.cluster === cluster;
    if (isSame && entry.endpoints === endpoints && sameAnswers(entry.answers, answers)) return entry;
    const decoded = isSame ? entry.decoded : decodeResource(resource, new Collector());
    if (!decoded) throw new InternalError(`cluster ${resource.name} runs, but does not decode`);
    return { cluster, decoded, endpoints, answers, meaning: meaningOf(decoded, learnt) };
  };

  return {
    change: readable({ kind: "structural" }, (cluster, before, after) => {
      const old = knownOf(cluster, before);
      const meaning = meaningOf(old.decoded, after);
      if (meaning.errors.length > 0) return { kind: "rejected", diagnostics: meaning.errors };
      if (!old.meaning.run || !meaning.run || meaning.rest !== old.meaning.rest) return { kind: "structural" };
      remember(cluster.name, { ...old, endpoints: endpointsOf(after), answers: after.answers, meaning });
      return { kind: "run", run: meaning.run };
    }),
    run: readable(undefined, (cluster, learnt) => knownOf(cluster, learnt).meaning.run),
  };
}

/** @param otherwise where the bytes of a resource are lost: the builder has what they meant */
function readable<Args extends unknown[], T>(otherwise: T, work: (...args: Args) => T): (...args: Args) => T {
  return (...args) => orWhereLost(() => work(...args), otherwise);
}

function sameAnswers(a: Learnt["answers"], b: Learnt["answers"]): boolean {
  return [...b].every(([key, addresses]) => a.get(key) === addresses);
}

function meaningOf(cluster: XdsResource, { endpoints, answers }: Learnt): Meaning {
  const sink = new Collector();
  const decoded = endpoints && decodeResource(endpoints, sink);
  const hir = resolveOneCluster(cluster, decoded, sink, ({ key }) => answers.get(key) ?? []);
  const errors = sink.list().filter(({ severity }) => severity === "error");
  if (!hir) return { run: undefined, rest: "", errors };
  const { priorities: _endpoints, ...rest } = hir;
  return { run: compileRun(hir), rest: JSON.stringify(rest), errors };
}
