/**
 * How every field of every message that is read is treated: the reader obeys these tables, docs/xds-support.md prints them, and
 * test/support.test.ts fails when a field of the protos stands in none.
 *
 * A field that decides (where traffic goes, whether it is allowed) is honoured, or an error or a punt; never a note. A message that can be
 * reached through honoured fields only has a table; one that stands below a punt, a note or an error has none: for a punt it is read
 * without comment, so that resolve can place the punt.
 */
import { InternalError } from "../../diag/index.ts";
import type { MessageSupport } from "../types.ts";
import { authorizationSupport } from "./authorization.ts";
import { clusterSupport } from "./cluster.ts";
import { coreSupport } from "./core.ts";
import { dnsSupport } from "./dns.ts";
import { endpointSupport } from "./endpoint.ts";
import { filterChainSupport } from "./filter-chain.ts";
import { filterSupport } from "./filters.ts";
import { filtersByRouteSupport } from "./filters-by-route.ts";
import { httpConnectionManagerSupport } from "./http-connection-manager.ts";
import { lbPolicySupport } from "./lb-policies.ts";
import { listenerSupport } from "./listener.ts";
import { matcherSupport } from "./matchers.ts";
import { routeSupport } from "./route.ts";
import { routeActionSupport } from "./route-action.ts";
import { routeMatchSupport } from "./route-match.ts";
import { tcpProxySupport } from "./tcp-proxy.ts";
import { transportSocketSupport } from "./transport-sockets.ts";

/** By family, in the order in which a reader of the docs meets them. */
export const supportFamilies: readonly { readonly title: string; readonly tables: Readonly<Record<string, MessageSupport>> }[] = [
  { title: "Listeners", tables: listenerSupport },
  { title: "Filter chains", tables: filterChainSupport },
  { title: "TCP proxy", tables: tcpProxySupport },
  { title: "HTTP connection manager", tables: httpConnectionManagerSupport },
  { title: "Routes", tables: routeSupport },
  { title: "Route matches", tables: routeMatchSupport },
  { title: "Route actions", tables: routeActionSupport },
  { title: "Clusters", tables: clusterSupport },
  { title: "Host names of clusters", tables: dnsSupport },
  { title: "Load balancing", tables: lbPolicySupport },
  { title: "Endpoints", tables: endpointSupport },
  { title: "Filters", tables: filterSupport },
  { title: "Filters that rules or routes switch on", tables: filtersByRouteSupport },
  { title: "Authorization", tables: authorizationSupport },
  { title: "Transport sockets and upstream protocols", tables: transportSocketSupport },
  { title: "Matchers", tables: matcherSupport },
  { title: "Common messages", tables: coreSupport },
];

/** By full message name. */
export const support: Readonly<Record<string, MessageSupport>> = assemble();

function assemble(): Readonly<Record<string, MessageSupport>> {
  const all: Record<string, MessageSupport> = {};
  for (const { tables } of supportFamilies) {
    for (const [name, table] of Object.entries(tables)) {
      if (all[name]) throw new InternalError(`message ${name} has two support tables`);
      all[name] = table;
    }
  }
  return Object.freeze(all);
}
