import { compareText } from "../../diag/index.ts";
import type {
  HirChain,
  HirCluster,
  HirEndpointAddress,
  HirListener,
  HirModel,
  HirRoute,
  HirRouteConfig,
  HirVirtualHost,
} from "../index.ts";
import {
  addressText,
  describeAction,
  describeChain,
  describeChainMatch,
  describeMatch,
  describeTreatment,
  listenerAddresses,
  quote,
} from "./words.ts";

/** One difference between two models. `path` is the xDS path in the model that has it (the newer one where both have). */
export interface Change {
  readonly kind: "added" | "removed" | "changed";
  readonly what: "listener" | "filter_chain" | "virtual_host" | "route" | "cluster" | "endpoint" | "route_configuration";
  readonly path: string;
  /** One sentence, no line breaks. */
  readonly message: string;
}

/** What changes for traffic from `a` to `b`, in words: listeners, then routes, then clusters and endpoints, each in path order. */
export function diffModels(a: HirModel, b: HirModel): readonly Change[] {
  return [
    ...byKey(a.listeners, b.listeners, (l) => l.path, {
      added: (l) => [change("added", "listener", l.path, `takes ${listenerAddresses(l)}`)],
      removed: (l) => [change("removed", "listener", l.path, `took ${listenerAddresses(l)}`)],
      both: diffListener,
    }),
    ...byKey(a.routeConfigs, b.routeConfigs, (r) => r.path, {
      added: (r) => [change("added", "route_configuration", r.path, `${r.vhosts.length} virtual hosts`)],
      removed: (r) => [change("removed", "route_configuration", r.path, `${r.vhosts.length} virtual hosts`)],
      both: diffRouteConfig,
    }),
    ...byKey(a.clusters, b.clusters, (c) => c.path, {
      added: (c) => [change("added", "cluster", c.path, `${c.discovery}, ${endpointsOf(c).size} endpoints`)],
      removed: (c) => [change("removed", "cluster", c.path, `${c.discovery}, ${endpointsOf(c).size} endpoints`)],
      both: diffCluster,
    }),
  ];
}

function change(kind: Change["kind"], what: Change["what"], path: string, message: string): Change {
  return { kind, what, path, message };
}

interface Sides<T> {
  readonly added: (item: T) => readonly Change[];
  readonly removed: (item: T) => readonly Change[];
  readonly both: (a: T, b: T) => readonly Change[];
}

/** Pairs items by key; calls `both` only for pairs that differ in some byte. Sorted by key. */
function byKey<T>(a: readonly T[], b: readonly T[], key: (item: T) => string, sides: Sides<T>): Change[] {
  const [left, right] = [new Map(a.map((x) => [key(x), x])), new Map(b.map((x) => [key(x), x]))];
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort(compareText);
  return keys.flatMap((k) => {
    const [x, y] = [left.get(k), right.get(k)];
    if (x === undefined) return y === undefined ? [] : sides.added(y);
    if (y === undefined) return sides.removed(x);
    return JSON.stringify(x) === JSON.stringify(y) ? [] : sides.both(x, y);
  });
}

/** A sentence for each fact that reads differently. */
function facts(path: string, what: Change["what"], before: Record<string, string>, after: Record<string, string>): Change[] {
  return Object.keys(after)
    .filter((name) => before[name] !== after[name])
    .map((name) => change("changed", what, path, `${name}: ${before[name] || "none"} -> ${after[name] || "none"}`));
}

function diffListener(a: HirListener, b: HirListener): Change[] {
  const words = (l: HirListener): Record<string, string> => ({
    addresses: listenerAddresses(l),
    use_original_dst: String(l.useOriginalDst),
    inspectors: [l.inspectors.tls && "tls", l.inspectors.http && "http"].filter(Boolean).join(", "),
    listener_filters_timeout: `${l.listenerFiltersTimeout} ms${l.continueOnListenerFiltersTimeout ? ", then continues" : ""}`,
    proxy: l.punt ?? "",
  });
  const chains = (l: HirListener): HirChain[] => [...l.chains, ...(l.defaultChain ? [l.defaultChain] : [])];
  return [
    ...facts(b.path, "listener", words(a), words(b)),
    ...byKey(chains(a), chains(b), (c) => c.path, {
      added: (c) => [change("added", "filter_chain", c.path, `${describeChainMatch(c.match)}: ${describeChain(c)}`)],
      removed: (c) => [change("removed", "filter_chain", c.path, `${describeChainMatch(c.match)}: ${describeChain(c)}`)],
      both: diffChain,
    }),
  ];
}

function diffChain(a: HirChain, b: HirChain): Change[] {
  const words = (c: HirChain): Record<string, string> => ({ match: describeChainMatch(c.match), target: describeChain(c) });
  const told = facts(b.path, "filter_chain", words(a), words(b));
  return told.length > 0 ? told : [change("changed", "filter_chain", b.path, "an option of its filters")];
}

function diffRouteConfig(a: HirRouteConfig, b: HirRouteConfig): Change[] {
  const words = (r: HirRouteConfig): Record<string, string> => ({
    ignore_port_in_host_matching: String(r.ignorePortInHost),
    vhost_header: r.vhostHeader ?? "",
    treatment: describeTreatment(r.treatment),
  });
  return [
    ...facts(b.path, "route_configuration", words(a), words(b)),
    ...byKey(a.vhosts, b.vhosts, (v) => v.path, {
      added: (v) => [change("added", "virtual_host", v.path, `for ${v.domains.map(quote).join(", ")}`)],
      removed: (v) => [change("removed", "virtual_host", v.path, `for ${v.domains.map(quote).join(", ")}`)],
      both: diffVirtualHost,
    }),
  ];
}

function diffVirtualHost(a: HirVirtualHost, b: HirVirtualHost): Change[] {
  const words = (v: HirVirtualHost): Record<string, string> => ({
    domains: v.domains.map(quote).join(", "),
    require_tls: v.requireTls,
    treatment: describeTreatment(v.treatment),
  });
  return [...facts(b.path, "virtual_host", words(a), words(b)), ...diffRoutes(a.routes, b.routes)];
}

/** Routes have an order and often no name: aligned by the longest common subsequence of their matches. */
function diffRoutes(a: readonly HirRoute[], b: readonly HirRoute[]): Change[] {
  const keep = commonSubsequence(a.map(describeMatch), b.map(describeMatch));
  const changes: Change[] = [];
  const line = (r: HirRoute): string => `${describeMatch(r)}: ${describeAction(r.action)}`;
  let [i, j] = [0, 0];
  for (const [x, y] of [...keep, [a.length, b.length] as const]) {
    for (; i < x; i++) changes.push(change("removed", "route", a[i]!.path, line(a[i]!)));
    for (; j < y; j++) changes.push(change("added", "route", b[j]!.path, line(b[j]!)));
    if (x < a.length && y < b.length) changes.push(...diffRoute(a[x]!, b[y]!));
    [i, j] = [x + 1, y + 1];
  }
  return changes;
}

function diffRoute(a: HirRoute, b: HirRoute): Change[] {
  const words = (r: HirRoute): Record<string, string> => ({
    goes: describeAction(r.action),
    treatment: describeTreatment(r.treatment),
    fault: r.fault ? JSON.stringify(r.fault) : "",
    proxy: r.punt ?? "",
  });
  return facts(b.path, "route", words(a), words(b));
}

/** Above this many cells the table of the exact alignment is not worth its memory; equal places are aligned instead. */
const maxAlignmentCells = 4_000_000;

function commonSubsequence(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  if (a.length * b.length > maxAlignmentCells) {
    return a.flatMap((text, i) => (text === b[i] ? [[i, i] as const] : []));
  }
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j] ? longest[(i + 1) * width + j + 1]! + 1 : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

function endpointText(address: HirEndpointAddress): string {
  if (address.kind === "ip") return addressText(address.ip, address.port);
  return address.kind === "host" ? `${address.host}:${address.port}` : address.text;
}

/** Endpoint -> its facts in words. The same address in two places keeps both, numbered. */
function endpointsOf(cluster: HirCluster): Map<string, string> {
  const found = new Map<string, string>();
  for (const [priority, localities] of cluster.priorities.entries()) {
    for (const locality of localities) {
      for (const endpoint of locality.endpoints) {
        const name = endpointText(endpoint.address);
        let key = name;
        for (let n = 2; found.has(key); n++) key = `${name} (${n})`;
        const weight = locality.weight === undefined ? "" : `, locality weight ${locality.weight}`;
        found.set(key, `${endpoint.health}, weight ${endpoint.weight}, priority ${priority}${weight}`);
      }
    }
  }
  return found;
}

function diffCluster(a: HirCluster, b: HirCluster): Change[] {
  const words = (c: HirCluster): Record<string, string> => ({
    discovery: c.discovery,
    lb_policy: c.lb,
    proxy: c.punt ?? "",
    overprovisioning_factor: String(c.overprovisioning),
    healthy_panic_threshold: `${c.panicThreshold}%`,
    locality_weighted: String(c.localityWeighted),
    drop_overloads: c.drop ? `${c.drop.numerator}/${c.drop.denominator}` : "",
  });
  const [before, after] = [endpointsOf(a), endpointsOf(b)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  const endpoints = names.flatMap((name): Change[] => {
    const [x, y] = [before.get(name), after.get(name)];
    if (x === y) return [];
    if (x === undefined) return [change("added", "endpoint", b.path, `${name} (${y})`)];
    if (y === undefined) return [change("removed", "endpoint", b.path, `${name} (${x})`)];
    return [change("changed", "endpoint", b.path, `${name}: ${x} -> ${y}`)];
  });
  return [...facts(b.path, "cluster", words(a), words(b)), ...endpoints];
}
