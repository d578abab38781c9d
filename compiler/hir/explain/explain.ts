import { compareText } from "../../diag/index.ts";
import { balance, type HirBalance } from "../balance.ts";
import { endpointText } from "../endpoint-text.ts";
import type {
  HirChain,
  HirCluster,
  HirHttp,
  HirListener,
  HirModel,
  HirRoute,
  HirRouteConfig,
  HirTarget,
  HirVirtualHost,
} from "../index.ts";
import {
  describeAction,
  describeChain,
  describeChainMatch,
  describeFault,
  describeMatch,
  describeTreatment,
  fractionText,
  listenerAddresses,
  percent,
  quote,
  xdsPath,
} from "./words.ts";

/** What `explain` says of one listener, as data, printed as JSON as it is; `renderExplanation` makes it text. */
export interface Explanation {
  readonly listener: string;
  readonly path: string;
  readonly addresses: string;
  /** How connections to it are decided: `direct`, `l7`, `punt`, `pass`, `refuse`, or several. */
  readonly tier: string;
  readonly chains: readonly ExplainedChain[];
}

export interface ExplainedChain {
  readonly path: string;
  readonly when: string;
  readonly does: string;
  readonly virtual_hosts: readonly ExplainedHost[];
  readonly clusters: readonly ExplainedCluster[];
}

export interface ExplainedHost {
  readonly path: string;
  readonly domains: readonly string[];
  /** What happens to every request before a route is looked for. */
  readonly first: readonly string[];
  readonly routes: readonly { readonly path: string; readonly when: string; readonly does: string }[];
  readonly clusters: readonly ExplainedCluster[];
}

export interface ExplainedCluster {
  readonly name: string;
  readonly state: string;
  readonly endpoints: readonly { readonly address: string; readonly probability: number; readonly health: string }[];
}

/** Gives the connect-time tier of a listener by its path; comes from the lowered tables. */
export type TierOf = (listenerPath: string) => string;

/** Every listener; virtual hosts and endpoints only where `detail` asks for them. */
export function explainListeners(model: HirModel, tierOf: TierOf, listeners: readonly HirListener[], detail: boolean): Explanation[] {
  const clusters = new Map(model.clusters.map((c) => [c.name, c]));
  const configs = new Map(model.routeConfigs.map((r) => [r.path, r]));
  const chainOf = (chain: HirChain, when: string): ExplainedChain => ({
    path: chain.path,
    when,
    does: describeWhole(chain),
    virtual_hosts: detail ? hostsOf(chain, configs, clusters) : [],
    clusters: detail && chain.network.kind === "tcp" ? clustersOf([{ target: chain.network.target }], clusters) : [],
  });
  return listeners.map((l) => ({
    listener: l.name,
    path: l.path,
    addresses: listenerAddresses(l) + (l.useOriginalDst ? " and what no other listener takes" : ""),
    tier: tierOf(l.path),
    chains: [
      ...l.chains.map((c) => chainOf(c, describeChainMatch(c.match))),
      ...(l.defaultChain ? [chainOf(l.defaultChain, "otherwise")] : []),
    ],
  }));
}

function hostsOf(
  chain: HirChain,
  configs: ReadonlyMap<string, HirRouteConfig>,
  clusters: ReadonlyMap<string, HirCluster>,
): ExplainedHost[] {
  const http: HirHttp | undefined = chain.network.kind === "http" ? chain.network.http : undefined;
  const config = http?.routeConfig === undefined ? undefined : configs.get(http.routeConfig);
  return (config?.vhosts ?? []).map((v) => explainHost(v, clusters));
}

/** One virtual host with its routes and the clusters they lead to. */
export function explainHost(vhost: HirVirtualHost, clusters: ReadonlyMap<string, HirCluster>): ExplainedHost {
  const targets = vhost.routes.flatMap(({ action }) =>
    action.kind === "forward" ? [{ target: action.target, notFound: action.notFoundStatus }] : [],
  );
  return {
    path: vhost.path,
    domains: vhost.domains,
    first: [
      ...(vhost.requireTls === "none" ? [] : [`redirect 301 to https (require_tls ${vhost.requireTls}) unless x-forwarded-proto is https`]),
      ...(vhost.punt === undefined ? [] : [`left to a proxy (${vhost.punt})`]),
    ],
    routes: vhost.routes.map((r) => ({ path: xdsPath(r), when: describeMatch(r), does: describeRoute(r) })),
    clusters: clustersOf(targets, clusters),
  };
}

function describeRoute({ action, treatment, fault, punt }: HirRoute): string {
  if (punt !== undefined) return `left to a proxy (${punt})`;
  const query = action.kind === "redirect" && action.redirect.stripQuery ? "without the query" : "";
  const faults = fault && (describeFault(fault) || "no fault");
  return [describeAction(action), query, describeTreatment(treatment), faults].filter(Boolean).join("; ");
}

/** Its fault filter answers before there is a route. */
function describeWhole(chain: HirChain): string {
  const { network } = chain;
  const fault = network.kind === "http" && network.http.punt === undefined && network.http.fault;
  const faults = fault ? describeFault(fault) : "";
  return faults === "" ? describeChain(chain) : `${describeChain(chain)}; ${faults}, unless a route says otherwise`;
}

/** What leads to clusters. */
interface Lead {
  readonly target: HirTarget;
  /** The status for an unknown cluster; absent where the connection is closed. */
  readonly notFound?: number;
}

function clustersOf(leads: readonly Lead[], clusters: ReadonlyMap<string, HirCluster>): ExplainedCluster[] {
  const names = new Set(leads.flatMap(({ target }) => targetNames(target)));
  return [...names].sort(compareText).map((name) => {
    const cluster = clusters.get(name);
    if (!cluster)
      return { name, state: `unknown: Envoy ${endsOf(leads.filter(({ target }) => targetNames(target).includes(name)))}`, endpoints: [] };
    if (cluster.punt) return { name, state: `left to a proxy (${cluster.punt})`, endpoints: [] };
    if (cluster.discovery === "original_dst") return { name, state: "passes: goes to the address that was asked for", endpoints: [] };
    const shares = balance(cluster);
    const drop = cluster.drop && leads.some(({ notFound }) => notFound !== undefined);
    const drops = drop ? `, drops ${fractionText(cluster.drop)} of requests` : "";
    return { name, state: `${cluster.discovery}, ${cluster.lb}${drops}`, endpoints: endpointShares(shares) };
  });
}

/** Without the cluster. */
function endsOf(leads: readonly Lead[]): string {
  const statuses = new Set(leads.flatMap(({ notFound }) => notFound ?? []));
  return statuses.size === 0 ? "closes" : `answers ${[...statuses].join(" or ")}`;
}

function endpointShares(shares: HirBalance): ExplainedCluster["endpoints"] {
  return shares.shares.map(({ endpoint, probability }) => {
    const { address } = endpoint;
    const text = endpointText(address);
    return { address: address.kind === "dead" ? `${text} (no connection gets there)` : text, probability, health: endpoint.health };
  });
}

function targetNames(target: HirTarget): string[] {
  if (target.kind === "cluster") return [target.cluster];
  if (target.kind === "weighted") return target.entries.filter((e) => e.weight > 0).flatMap((e) => targetNames(e.target));
  return [];
}

/** Indented text; one fact a line. */
export function renderExplanation(explanations: readonly Explanation[]): string {
  return explanations.flatMap(renderListener).join("\n");
}

function renderListener(e: Explanation): string[] {
  const title = `${e.addresses}  [${e.tier}]  listener ${quote(e.listener)}`;
  return [
    title,
    ...e.chains.flatMap((c) => [
      `  ${c.when} -> ${c.does}`,
      ...c.virtual_hosts.flatMap((h) => renderHost(h, "    ")),
      ...c.clusters.flatMap((x) => renderCluster(x, "    ")),
    ]),
  ];
}

export function renderHost(host: ExplainedHost, indent: string): string[] {
  return [
    `${indent}host ${host.domains.map(quote).join(", ")}`,
    ...host.first.map((text) => `${indent}  every request -> ${text}`),
    ...host.routes.map((r) => `${indent}  ${r.when} -> ${r.does}`),
    ...host.clusters.flatMap((c) => renderCluster(c, `${indent}  `)),
  ];
}

function renderCluster(cluster: ExplainedCluster, indent: string): string[] {
  const none =
    cluster.endpoints.length === 0 && /^(static|eds|strict_dns|logical_dns)/.test(cluster.state) ? " (no endpoint that takes traffic)" : "";
  return [
    `${indent}cluster ${quote(cluster.name)}: ${cluster.state}${none}`,
    ...cluster.endpoints.map((e) => `${indent}  ${e.address} ${percent(e.probability)}${e.health === "healthy" ? "" : ` ${e.health}`}`),
  ];
}
