import type { Answer, AnswerCluster } from "../decision.ts";
import type { End } from "./ends.ts";
import type { ModelIndex } from "./names.ts";

/**
 * One Answer for all ends. Where they differ, the answer is `forward` if any part is forwarded, else the verdict of the larger part (the
 * first of equal ones); what ends otherwise carries its own verdict in `clusters`. A part that has no cluster at all stands there with
 * the name "". The rule that decided, and the upstream's view, are those of the first end that has the answer's verdict.
 */
export function foldEnds(ends: readonly End[], index: ModelIndex): Answer {
  const groups = groupEnds(ends);
  const main = mainGroup(groups);
  const end = main.first;
  const { share, exchange } = { share: end.exchange.share, exchange: end.exchange };
  const listener = share.listener === undefined ? undefined : index.listeners.get(share.listener);
  const clusters = foldClusters(groups, main);
  const endpoints = foldEndpoints(ends);
  const path = decidingPath(end);
  return {
    verdict: end.verdict,
    ...(end.why !== undefined && { why: end.why }),
    ...named("listener", listener?.name),
    ...named("filter_chain", exchange.chain?.name),
    ...named("virtual_host", exchange.vhost?.name),
    ...named("route", exchange.route?.name),
    ...(clusters.length > 0 && { clusters }),
    ...(endpoints.length > 0 && { endpoints }),
    ...(end.status !== undefined && { status: end.status }),
    ...(end.location !== undefined && { location: end.location }),
    ...(end.verdict === "respond" ? { body: end.body ?? "" } : end.body !== undefined && { body: end.body }),
    ...(end.upstream && { upstream: end.upstream }),
    ...(path !== undefined && { xds_path: path }),
  };
}

/** Ends that a client cannot tell apart. */
interface Group {
  readonly first: End;
  readonly ends: readonly End[];
  readonly probability: number;
}

function groupEnds(ends: readonly End[]): readonly Group[] {
  const groups = new Map<string, End[]>();
  for (const end of ends) {
    const key = JSON.stringify([end.verdict, end.why, end.status]);
    const group = groups.get(key);
    if (group) group.push(end);
    else groups.set(key, [end]);
  }
  return [...groups.values()].map((list) => ({ first: list[0]!, ends: list, probability: sum(list) }));
}

function mainGroup(groups: readonly Group[]): Group {
  const forwarded = groups.filter((group) => group.first.verdict === "forward");
  return (forwarded.length > 0 ? forwarded : groups).reduce((best, group) => (group.probability > best.probability ? group : best));
}

function foldClusters(groups: readonly Group[], main: Group): readonly AnswerCluster[] {
  const nothing = groups.every((group) => group.ends.every((end) => end.cluster === undefined));
  if (groups.length === 1 && nothing) return [];
  return groups.flatMap((group) => {
    const byName = new Map<string, End[]>();
    for (const end of group.ends) {
      const name = end.cluster ?? "";
      const list = byName.get(name);
      if (list) list.push(end);
      else byName.set(name, [end]);
    }
    return [...byName].map(([name, list]): AnswerCluster => {
      const entry = { name, probability: sum(list) };
      if (group === main) return entry;
      const { verdict, why, status } = group.first;
      return { ...entry, verdict, ...(why !== undefined && { why }), ...(status !== undefined && { status }) };
    });
  });
}

function foldEndpoints(ends: readonly End[]): NonNullable<Answer["endpoints"]> {
  const shares = new Map<string, { address: string; cluster: string; probability: number }>();
  for (const end of ends) {
    for (const { address, probability } of end.endpoints) {
      const cluster = end.cluster ?? "";
      const key = `${address} ${cluster}`;
      const share = shares.get(key);
      if (share) share.probability += probability;
      else shares.set(key, { address, cluster, probability: probability });
    }
  }
  return [...shares.values()];
}

function decidingPath(end: End): string | undefined {
  const { share, config, chain, route } = end.exchange;
  if (share.route !== undefined) return route?.inFrontOf ?? share.route;
  if (share.vhost !== undefined) return share.vhost;
  const { outcome } = share;
  const routed = outcome.kind === "respond" && outcome.why === "no_route" && end.exchange.request !== undefined;
  if (routed && config) return config.path;
  return chain?.path ?? share.listener;
}

function named<K extends string>(key: K, name: string | undefined): { readonly [P in K]?: string } {
  return name === undefined || name === "" ? {} : ({ [key]: name } as { readonly [P in K]?: string });
}

function sum(ends: readonly End[]): number {
  return ends.reduce((all, end) => all + end.probability, 0);
}
