import { type Diagnostic, type DiagnosticSink, InternalError } from "../diag/index.ts";
import {
  AlikeEndpoints,
  balance,
  evenEndpoints,
  type HirBalance,
  type HirCluster,
  type HirEndpointAddress,
  type HirModel,
  type HirShare,
  type HirTarget,
  isDead,
} from "../hir/index.ts";
import type { LirCluster, LirLeaf, LirRange, LirSplit, LirSplitEntry } from "../lir/connect.ts";
import { createEach, type Last, perObject } from "../memo/index.ts";
import type { Interned } from "./intern.ts";

/** Collects runs and answers what a target means at connect. Equal runs are made once. */
export interface ConnectTargets {
  readonly ids: Interned;
  readonly sink: DiagnosticSink;
  readonly clusters: readonly LirCluster[];
  readonly splits: LirSplit[];
  readonly ranges: LirRange[];
  /** Leaf of a cluster by id; -1, of a name that is not there, is refused. */
  clusterAt(id: number): LirLeaf;
  /** Leaf of a target; undefined where the request is needed to know it. */
  target(target: HirTarget): LirLeaf | undefined;
  /** The one leaf, where intervals do not differ; else a range. Neighbours of equal leaf are merged. */
  range(range: LirRange): LirLeaf;
}

export function connectTargets(model: HirModel, ids: Interned, sink: DiagnosticSink, last: Last): ConnectTargets {
  const clusters = last("lowered clusters", [], () => createEach(lowerCluster))(model.clusters);
  const others = last("clusters that connect() can't go to", [], () => createEach(otherLeaf))(model.clusters);
  const splits = new Interner<LirSplit>();
  const ranges = new Interner<LirRange>();
  const told = new Set<Diagnostic>();

  const clusterOf = (name: string): LirLeaf => clusterAt(ids.clusterIds.get(name) ?? -1);
  const clusterAt = (id: number): LirLeaf => {
    if (id === -1) return { kind: "refuse", reason: "NO_CLUSTER" };
    const other = others[id];
    if (!other) return { kind: "direct", cluster: id };
    if (other.told && !told.has(other.told)) {
      told.add(other.told);
      sink.add(other.told);
    }
    return other.leaf;
  };
  return {
    ids,
    sink,
    clusters,
    splits: splits.list,
    ranges: ranges.list,
    clusterAt,
    target(target) {
      if (target.kind === "cluster_header") return undefined;
      if (target.kind === "cluster") return clusterOf(target.cluster);
      const entries: LirSplitEntry[] = [];
      for (const [entry, { weight, target: to }] of target.entries.entries()) {
        if (to.kind === "cluster_header") return undefined;
        if (weight > 0) entries.push({ weight, entry, leaf: clusterOf(to.cluster) });
      }
      const first = entries[0];
      if (!first) throw new InternalError("weighted targets without weight are refused by resolve");
      if (entries.every((e) => sameLeaf(e.leaf, first.leaf))) return first.leaf;
      return { kind: "split", split: splits.id({ entries }) };
    },
    range(range) {
      const merged = mergeNeighbours(range);
      if (merged.intervals.length === 1) return merged.intervals[0]!.leaf;
      return { kind: merged.by === "ip" ? "range" : "ports", range: ranges.id(merged) };
    },
  };
}

/** The endpoints of a cluster that connect() goes to; undefined for one that is passed or left to a proxy, which is a change of more than endpoints. */
export function lowerRun(cluster: HirCluster): LirCluster | undefined {
  if (cluster.punt !== undefined || cluster.discovery === "original_dst" || unreachable(cluster)) return undefined;
  return lowerCluster(cluster);
}

export function sameLeaf(a: LirLeaf, b: LirLeaf): boolean {
  if (a.kind === "direct" && b.kind === "direct") return a.cluster === b.cluster;
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Its shares are worked out when they are read. A class: getters of an object's own are three functions for each cluster. */
class Lowered implements LirCluster {
  readonly name: string;
  readonly #cluster: HirCluster;

  constructor(cluster: HirCluster) {
    this.name = cluster.name;
    this.#cluster = cluster;
  }

  get even(): LirCluster["even"] {
    return evenEndpoints(this.#cluster);
  }

  get shares(): LirCluster["shares"] {
    return lastBalance(this.#cluster).shares;
  }

  get noEndpointWeight(): number {
    return lastBalance(this.#cluster).noEndpointWeight;
  }

  get totalWeight(): number {
    return lastBalance(this.#cluster).totalWeight;
  }
}

/** Needs no id. */
function lowerCluster(cluster: HirCluster): LirCluster {
  const { name } = cluster;
  if (cluster.punt !== undefined || unreachable(cluster)) return { name, shares: [], noEndpointWeight: 0, totalWeight: 0 };
  // drop_overloads has no part in it: tcp_proxy ignores it, and HTTP that may be dropped is not decided at connect.
  return new Lowered(cluster);
}

let latest: { readonly cluster: HirCluster; readonly balance: HirBalance } | undefined;

/** Shares are not kept: a large mesh has hundreds of thousands, and layout reads those of one cluster after the other. */
function lastBalance(cluster: HirCluster): HirBalance {
  if (latest?.cluster === cluster) return latest.balance;
  const made = balance(cluster);
  const sum = made.shares.reduce((total, share) => total + share.weight, made.noEndpointWeight);
  if (sum !== made.totalWeight) throw new InternalError(`cluster ${cluster.name}: shares sum to ${sum}, not ${made.totalWeight}`);
  const alive = withoutDead(made);
  latest = { cluster, balance: alive };
  return alive;
}

/** At connect() a pick whose connection would fail is refused like one that finds no endpoint. */
function withoutDead(made: HirBalance): HirBalance {
  const fails = ({ endpoint }: HirShare): boolean => isDead(endpoint);
  if (!made.shares.some(fails)) return made;
  const dead = made.shares.filter(fails).reduce((sum, { weight }) => sum + weight, 0);
  return { ...made, shares: made.shares.filter((share) => !fails(share)), noEndpointWeight: made.noEndpointWeight + dead };
}

/** The address of the first endpoint with traffic that is no IP address. */
const unreachable = perObject((cluster: HirCluster): HirEndpointAddress | undefined => {
  return hasAddress(cluster, ({ kind }) => kind !== "ip")
    ? lastBalance(cluster).shares.find((s) => s.endpoint.address.kind !== "ip")?.endpoint.address
    : undefined;
});

/** The first IPv6 endpoint with traffic. */
export function firstIpv6(cluster: HirCluster): string | undefined {
  const isSix = (address: HirEndpointAddress) => address.kind === "ip" && address.ip.includes(":");
  const found = hasAddress(cluster, isSix)
    ? lowerCluster(cluster).shares.find(({ endpoint: { address } }) => isSix(address))?.endpoint.address
    : undefined;
  return found?.kind === "ip" ? found.ip : undefined;
}

/** Whether an endpoint has an address like that, which no IPv4 address is. */
function hasAddress(cluster: HirCluster, is: (address: HirEndpointAddress) => boolean): boolean {
  for (const localities of cluster.priorities)
    for (const { endpoints } of localities) {
      if (endpoints instanceof AlikeEndpoints) continue;
      for (const { address } of endpoints) if (is(address)) return true;
    }
  return false;
}

interface OtherLeaf {
  readonly leaf: LirLeaf;
  readonly told?: Diagnostic;
}

/** What becomes of connections to a cluster, unless they go to its endpoints. */
function otherLeaf(cluster: HirCluster): OtherLeaf | undefined {
  if (cluster.punt !== undefined) return { leaf: { kind: "punt", reason: "PUNT_CLUSTER" } };
  if (cluster.discovery === "original_dst") return { leaf: { kind: "pass", reason: "PASSTHROUGH" } };
  const other = unreachable(cluster);
  if (!other) return undefined;
  const told: Diagnostic = {
    code: "KM3001",
    severity: "punt",
    path: cluster.path,
    ...(other.kind === "host"
      ? {
          message: `the host name ${other.host} is looked up by kmesh-daemon run only: here connect() can't go there`,
          hint: "follow the mesh with kmesh-daemon run, or use endpoints with IP addresses",
        }
      : {
          message: `the endpoint ${other.kind === "other" ? other.text : other.ip} is not an IP address: connect() can't go there`,
          hint: "use EDS or STATIC endpoints with IP addresses, or let a proxy carry this cluster",
        }),
  };
  return { leaf: { kind: "punt", reason: "PUNT_ADDRESS" }, told };
}

function mergeNeighbours(range: LirRange): LirRange {
  const merge = <T extends { readonly leaf: LirLeaf }>(list: readonly T[]) =>
    list.filter((interval, i) => i === list.length - 1 || !sameLeaf(interval.leaf, list[i + 1]!.leaf));
  return range.by === "ip" ? { by: "ip", intervals: merge(range.intervals) } : { by: "port", intervals: merge(range.intervals) };
}

/** Equal values share one id; ids in the order of first use. */
class Interner<T> {
  readonly list: T[] = [];
  readonly #ids = new Map<string, number>();

  id(value: T): number {
    const key = JSON.stringify(value);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.list.length);
    return this.list.push(value) - 1;
  }
}
