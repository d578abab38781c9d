import { compareText } from "../../diag/index.ts";
import type { HirAction, HirChain, HirHttp, HirModel, HirRoute, HirTarget, HirTreatment, HirVirtualHost } from "../index.ts";

/** The model with those lists sorted whose order decides nothing: another order of them is no difference. */
export function inOneOrder(model: HirModel): HirModel {
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
      vhosts: config.vhosts.map(orderHost),
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
  return { ...http, internalCidrs: sorted(http.internalCidrs), upgrades: sorted(http.upgrades) };
}

function orderHost(vhost: HirVirtualHost): HirVirtualHost {
  // One draw decides for a fraction and for the shares behind it: there the order of shares tells which go together.
  const isDrawn = vhost.routes.some(({ match }) => match.fraction);
  return {
    ...vhost,
    treatment: orderTreatment(vhost.treatment),
    routes: vhost.routes.map((route) => orderRoute(route, isDrawn)),
  };
}

function orderRoute(route: HirRoute, isDrawn: boolean): HirRoute {
  const { match, action } = route;
  return {
    ...route,
    match: { ...match, headers: sorted(match.headers), query: sorted(match.query), cookies: sorted(match.cookies) },
    action: isDrawn ? action : orderAction(action),
    treatment: orderTreatment(route.treatment),
    ...(route.fault && { fault: { ...route.fault, headers: sorted(route.fault.headers) } }),
  };
}

function orderAction(action: HirAction): HirAction {
  return action.kind === "forward" ? { ...action, target: orderShares(action.target) } : action;
}

/** By what they lead to. A header that chooses counts along them, in their order. */
function orderShares(target: HirTarget): HirTarget {
  if (target.kind !== "weighted" || target.headerName !== undefined) return target;
  const keyed = target.entries.map((entry) => ({ entry, key: JSON.stringify([entry.target, entry.weight, entry.treatment]) }));
  return { ...target, entries: keyed.sort((x, y) => compareText(x.key, y.key)).map(({ entry }) => entry) };
}

function orderTreatment(treatment: HirTreatment): HirTreatment {
  const { requestHeadersRemove } = treatment;
  return requestHeadersRemove ? { ...treatment, requestHeadersRemove: sorted(requestHeadersRemove) } : treatment;
}
