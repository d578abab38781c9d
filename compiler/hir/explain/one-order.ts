import { compareText } from "../../diag/index.ts";
import type { HirAction, HirChain, HirFault, HirHttp, HirModel, HirRoute, HirTarget, HirTreatment, HirVirtualHost } from "../index.ts";

/**
 * Both models with those lists sorted whose order decides nothing: another order of them is no difference. Nor is another multiple of the
 * weights of shares, which lose their common divisor.
 */
export function inOneOrder(a: HirModel, b: HirModel): readonly [HirModel, HirModel] {
  const kept = new Set([...hostsWhereOrderTells(a), ...hostsWhereOrderTells(b)]);
  return [sortModel(a, kept), sortModel(b, kept)];
}

/** Names. One draw decides for a fraction and for the shares behind it, and a header that chooses counts along them: order and sum matter. */
function hostsWhereOrderTells({ routeConfigs }: HirModel): readonly string[] {
  const tells = ({ match, action }: HirRoute): boolean =>
    match.fraction !== undefined ||
    (action.kind === "forward" && action.target.kind === "weighted" && action.target.headerName !== undefined);
  return routeConfigs.flatMap(({ vhosts }) => vhosts.flatMap(({ name, routes }) => (routes.some(tells) ? [name] : [])));
}

/** `kept` are the virtual hosts whose shares stay as they are. */
function sortModel(model: HirModel, kept: ReadonlySet<string>): HirModel {
  return {
    listeners: model.listeners.map((listener) => ({
      ...listener,
      chains: listener.chains.map(orderChain),
      ...(listener.defaultChain && { defaultChain: orderChain(listener.defaultChain) }),
    })),
    routeConfigs: model.routeConfigs.map((config) => ({
      ...config,
      internalOnlyHeaders: sorted(config.internalOnlyHeaders),
      treatment: orderTreatment(config.treatment),
      vhosts: config.vhosts.map((vhost) => orderHost(vhost, kept.has(vhost.name))),
    })),
    clusters: model.clusters,
  };
}

function sorted<T>(list: readonly T[]): readonly T[] {
  return list.length < 2 ? list : [...list].sort((x, y) => compareText(JSON.stringify(x), JSON.stringify(y)));
}

function orderChain(chain: HirChain): HirChain {
  const { match, network } = chain;
  return {
    ...chain,
    match: {
      ...match,
      prefixRanges: sorted(match.prefixRanges),
      serverNames: sorted(match.serverNames),
      applicationProtocols: sorted(match.applicationProtocols),
      directSourcePrefixRanges: sorted(match.directSourcePrefixRanges),
      sourcePrefixRanges: sorted(match.sourcePrefixRanges),
      sourcePorts: [...match.sourcePorts].sort((x, y) => x - y),
    },
    network:
      network.kind === "http"
        ? { ...network, http: orderHttp(network.http) }
        : network.kind === "tcp"
          ? { ...network, target: orderShares(network.target) }
          : network,
  };
}

function orderHttp(http: HirHttp): HirHttp {
  const { fault, internalCidrs, upgrades } = http;
  return { ...http, internalCidrs: sorted(internalCidrs), upgrades: sorted(upgrades), ...(fault && { fault: orderFault(fault) }) };
}

function orderFault(fault: HirFault): HirFault {
  return { ...fault, headers: sorted(fault.headers) };
}

function orderHost(vhost: HirVirtualHost, keepsShares: boolean): HirVirtualHost {
  return {
    ...vhost,
    treatment: orderTreatment(vhost.treatment),
    routes: vhost.routes.map((route) => orderRoute(route, keepsShares)),
  };
}

function orderRoute(route: HirRoute, keepsShares: boolean): HirRoute {
  const { match, action } = route;
  return {
    ...route,
    match: { ...match, headers: sorted(match.headers), query: sorted(match.query), cookies: sorted(match.cookies) },
    action: orderAction(action, keepsShares),
    treatment: orderTreatment(route.treatment),
    ...(route.fault && { fault: orderFault(route.fault) }),
  };
}

function orderAction(action: HirAction, keepsShares: boolean): HirAction {
  if (action.kind !== "forward") return action;
  const target = orderTreatments(action.target);
  return { ...action, target: keepsShares ? target : orderShares(target) };
}

function orderTreatments(target: HirTarget): HirTarget {
  if (target.kind !== "weighted") return target;
  return { ...target, entries: target.entries.map((entry) => ({ ...entry, treatment: orderTreatment(entry.treatment) })) };
}

/** By what they lead to. */
function orderShares(target: HirTarget): HirTarget {
  if (target.kind !== "weighted") return target;
  const divisor = target.entries.reduce((found, { weight }) => commonDivisor(found, weight), 0) || 1;
  const keyed = target.entries.map((entry) => ({
    entry: { ...entry, weight: entry.weight / divisor },
    key: JSON.stringify([entry.target, entry.weight, entry.treatment]),
  }));
  return { ...target, entries: keyed.sort((x, y) => compareText(x.key, y.key)).map(({ entry }) => entry) };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function orderTreatment(treatment: HirTreatment): HirTreatment {
  const { requestHeadersRemove } = treatment;
  return requestHeadersRemove ? { ...treatment, requestHeadersRemove: sorted(requestHeadersRemove) } : treatment;
}
