import type { Listener, RouteConfiguration } from "../decode/gen/types.ts";
import type { XdsResource, XdsSnapshot } from "../decode/index.ts";
import { compareText, type DiagnosticSink } from "../diag/index.ts";
import type { HirCluster, HirListener, HirModel, HirRouteConfig } from "../hir/index.ts";
import { formatSocketAddress } from "../hir/ip.ts";
import { canonicalIp } from "./address.ts";
import { assignmentsOf, resolveCluster } from "./cluster.ts";
import { clusterUser, type ResolveContext, type ResolvedTable } from "./context.ts";
import { collectFilterNames, type FilterNames } from "./filter-names.ts";
import { resolveListener } from "./listener.ts";
import { namedTables } from "./named-tables.ts";
import { resolveRouteConfig } from "./route-config.ts";
import { note, refuse, type Scope } from "./scope.ts";

export interface ResolveOptions {
  /** What would be left to a proxy is an error. */
  readonly strict?: boolean;
}

/**
 * Binds names and checks: wire resources to HIR. A resource that Envoy would refuse is left out, with an error; names that lead nowhere
 * stay as they are. Resources are taken in the order of their names: of two listeners on one address the second by name is refused.
 */
export function resolveSnapshot(snapshot: XdsSnapshot, sink: DiagnosticSink, options: ResolveOptions = {}): HirModel {
  const newScope = (): Scope => ({ sink, strict: options.strict ?? false, rejected: false });
  const clusters = resolveClusters(newScope, snapshot);
  const useCluster = clusterUser(new Set(clusters.map((c) => c.name)));
  const filterNames = collectFilterNames(snapshot.listeners);
  const { tables, routeConfigs } = resolveTables(newScope, useCluster, filterNames, namedRoutes(newScope, snapshot));
  const inlineTables: HirRouteConfig[] = [];
  const listeners = resolveListeners(newScope, { useCluster, filterNames, tables, inlineTables }, snapshot.listeners);
  return {
    listeners,
    routeConfigs: [...routeConfigs, ...inlineTables].sort((a, b) => compareText(a.path, b.path)),
    clusters,
  };
}

type NewScope = () => Scope;

function byName(resources: readonly XdsResource[]): readonly XdsResource[] {
  return [...resources].sort((a, b) => compareText(a.name, b.name) || compareText(a.path, b.path));
}

/** Resources of a kind, each name once. */
function* distinct(newScope: NewScope, resources: readonly XdsResource[]): Generator<XdsResource> {
  let previous: XdsResource | undefined;
  for (const resource of byName(resources)) {
    if (previous !== undefined && previous.name === resource.name && resource.name !== "") {
      refuse(
        newScope(),
        "KM2001",
        resource.path,
        `a second ${resource.kind} is named ${JSON.stringify(resource.name)}`,
        "the first one is used",
      );
      continue;
    }
    previous = resource;
    yield resource;
  }
}

function resolveClusters(newScope: NewScope, snapshot: XdsSnapshot): readonly HirCluster[] {
  const assignmentOf = assignmentsOf(newScope(), snapshot.endpoints);
  const clusters: HirCluster[] = [];
  for (const resource of distinct(newScope, snapshot.clusters)) {
    const cluster = resolveCluster(newScope(), resource, assignmentOf);
    if (cluster) clusters.push(cluster);
  }
  return clusters;
}

/** Route configurations that a listener asks for; what is left of an earlier subscription is not compiled. All of a snapshot of routes alone. */
function namedRoutes(newScope: NewScope, snapshot: XdsSnapshot): readonly XdsResource[] {
  const names = namedTables(snapshot.listeners);
  const isNamed = ({ name }: XdsResource): boolean => names?.has(name) ?? true;
  for (const { path } of snapshot.routes.filter((resource) => !isNamed(resource)))
    note(newScope(), "KM2211", "RouteConfiguration", () => path, "no listener asks for this route configuration: it is not compiled");
  return snapshot.routes.filter(isNamed);
}

function resolveTables(
  newScope: NewScope,
  useCluster: ResolveContext["useCluster"],
  filterNames: FilterNames,
  resources: readonly XdsResource[],
): { readonly tables: ReadonlyMap<string, ResolvedTable>; readonly routeConfigs: readonly HirRouteConfig[] } {
  const tables = new Map<string, ResolvedTable>();
  const routeConfigs: HirRouteConfig[] = [];
  const context: ResolveContext = { useCluster, filterNames, tables, inlineTables: [] };
  for (const { name, path, message } of distinct(newScope, resources)) {
    const scope = newScope();
    const { table, punt } = resolveRouteConfig(context, scope, message as RouteConfiguration, path, false);
    if (scope.rejected) continue;
    routeConfigs.push(table);
    tables.set(name, { path, ...(punt === undefined ? {} : { punt }) });
  }
  return { tables, routeConfigs };
}

function resolveListeners(newScope: NewScope, context: ResolveContext, resources: readonly XdsResource[]): readonly HirListener[] {
  const listeners: HirListener[] = [];
  const owners = new Map<string, string>();
  for (const resource of distinct(newScope, resources)) {
    const scope = newScope();
    const inlineBefore = context.inlineTables.length;
    const listener = resolveListener(context, scope, resource);
    for (const address of inboundAddresses(resource)) if (!owners.has(address)) owners.set(address, resource.path);
    if (listener) checkAddresses(scope, listener, owners);
    if (!listener || scope.rejected) {
      context.inlineTables.length = inlineBefore;
      continue;
    }
    for (const { ip, port } of listener.addresses) owners.set(formatSocketAddress(ip, port), listener.path);
    listeners.push(listener);
  }
  return listeners;
}

/** Inbound listeners are not compiled, but Envoy refuses another one on their addresses. */
function inboundAddresses({ message }: XdsResource): readonly string[] {
  const { traffic_direction: direction, address } = message as Listener;
  const socket = direction === "INBOUND" ? address?.socket_address : undefined;
  const ip = socket && socket.protocol !== "UDP" ? canonicalIp(socket.address ?? "") : undefined;
  return ip !== undefined && socket?.port_value ? [formatSocketAddress(ip, socket.port_value)] : [];
}

function checkAddresses(scope: Scope, listener: HirListener, owners: ReadonlyMap<string, string>): void {
  for (const { ip, port } of listener.addresses) {
    const address = formatSocketAddress(ip, port);
    const owner = owners.get(address);
    if (owner !== undefined)
      refuse(scope, "KM2102", listener.path, `${address} is the address of ${owner} already`, "give each listener an address of its own");
  }
}
