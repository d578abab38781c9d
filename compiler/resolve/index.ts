import type { RouteConfiguration } from "../decode/gen/types.ts";
import type { XdsResource, XdsSnapshot } from "../decode/index.ts";
import { compareText, type DiagnosticSink } from "../diag/index.ts";
import type { HirCluster, HirListener, HirModel, HirRouteConfig } from "../hir/index.ts";
import { createLast, joined, type Last, type Places } from "../memo/index.ts";
import { type Changed, createRecorder } from "./asked.ts";
import { assignmentIn, saysSomething } from "./assignments.ts";
import { resolveCluster } from "./cluster.ts";
import type { Facts, ResolveContext, ResolvedTable, ResolvePart } from "./context.ts";
import { keysThatDiffer, namesThatDiffer } from "./differ.ts";
import type { Assignment } from "./endpoints.ts";
import { collectFilterNames } from "./filter-names.ts";
import type { AnswerOf } from "./hostnames.ts";
import { addressText, unservedAddresses } from "./listen-address.ts";
import { resolveListener } from "./listener.ts";
import { beginPass, createFinders, type ResolveMemo } from "./memo.ts";
import { grpcWebTables, namedTables } from "./named-tables.ts";
import { remember, rememberChunk, rememberPart } from "./remember.ts";
import { resolveRouteConfig } from "./route-config.ts";
import { note, refuse, type Scope } from "./scope.ts";

export { resolveAhead } from "./assignments.ts";
export { type AnswerOf, type HostnameQuery, hostnameQueries } from "./hostnames.ts";
export { createResolveMemo, type ResolveMemo } from "./memo.ts";
export { resolveOneCluster } from "./one-cluster.ts";

export interface ResolveOptions {
  /** What would be left to a proxy is an error. */
  readonly strict?: boolean;
  /** Each list of the snapshot is in the order of names, by code unit, and has each name once. */
  readonly inOrder?: boolean;
  /**
   * What an earlier call gave for resources that are here again. Changes nothing of the result, but that notes may come folded. Default: nothing
   * is kept. Lists of a snapshot that is resolved with it are never changed.
   */
  readonly memo?: ResolveMemo;
  /** Addresses of host names: for one that did not change, the same list. Default: names stay names, as only who runs can look them up. */
  readonly answerOf?: AnswerOf;
}

/**
 * Binds names and checks: wire resources to HIR. A resource that Envoy would refuse is left out, with an error; names that lead nowhere
 * stay as they are. Resources are taken in the order of their names: of two listeners on one address the second by name is refused.
 */
export function resolveSnapshot(snapshot: XdsSnapshot, sink: DiagnosticSink, options: ResolveOptions = {}): HirModel {
  const { strict = false, memo, answerOf = () => undefined } = options;
  const before = memo && beginPass(memo, strict);
  const { findCluster, findEndpoints } = memo ?? createFinders();
  let clusters: readonly HirCluster[] = [];
  const tables = new Map<string, ResolvedTable>();
  const last = memo?.last ?? createLast();
  const filterNames = last("names of filters", [snapshot.listeners], () => collectFilterNames(snapshot.listeners));
  const telling = new Set<string>();
  const changed: { -readonly [K in keyof Changed<Facts>]: Changed<Facts>[K] } = {};
  const facts: Facts = {
    hasCluster: lazily(() => {
      const places = findCluster(clusters);
      return (name) => places.get(name) !== undefined;
    }),
    isShutForHigh: lazily(() => {
      const shut = new Set(clusters.flatMap(({ name, shutForHigh }) => (shutForHigh ? [name] : [])));
      return (name) => (name === undefined ? shut.size > 0 : shut.has(name));
    }),
    assignment: lazily(() =>
      assignmentsOf(pass, snapshot.endpoints, findEndpoints(snapshot.endpoints), (resource) => {
        if (memo && saysSomething(resource)) telling.add(resource.name);
      }),
    ),
    answer: answerOf,
    table: (name) => tables.get(name),
    filter: (name) => filterNames.get(name),
    grpcWeb: lazily(() => {
      const tables = last("tables of gRPC-Web", [snapshot.listeners], () => grpcWebTables(snapshot.listeners));
      return (name) => tables.has(name);
    }),
    hasFilter: lazily(() => {
      const found = new Set([...filterNames.values()].flatMap(({ classes }) => [...classes]));
      return (wanted) => found.has(wanted);
    }),
  };
  const remembering = memo && { memo, strict, questions: facts, recorder: createRecorder(facts), changed, sink };
  const pass: Pass = {
    last,
    scope: { sink, strict, rejected: false },
    distinct: (resources) => (options.inOrder ? resources : distinct(pass, resources)),
    resolve: remembering
      ? (resource, work) => remember(remembering, resource, (asked, to) => work({ sink: to, strict, rejected: false }, asked))
      : (_resource, work) => work({ sink, strict, rejected: false }, facts),
    resolveEach: (resources, cut, resolve) =>
      remembering && options.inOrder
        ? memo![cut](resources).map((chunk) => rememberChunk(remembering, chunk, resolve))
        : [Array.from(pass.distinct(resources), resolve)],
    part: remembering
      ? <T>(scope: Scope, part: object, path: string, given: readonly unknown[], work: (own: Scope, asked: Facts) => T) => {
          const result = rememberPart(remembering, part, path, given, scope.sink, (asked, to) => {
            const own = { sink: to, strict, rejected: false };
            const value = work(own, asked);
            return own.rejected ? new Rejected(value) : value;
          });
          if (!(result instanceof Rejected)) return result;
          scope.rejected = true;
          return result.value;
        }
      : (scope, _part, _path, _given, work) => work(scope, facts),
  };

  // Each kind after those that it asks for.
  if (before) {
    changed.assignment = new Set([...namesThatDiffer(before.endpoints, snapshot.endpoints), ...before.telling]);
    changed.filter = keysThatDiffer(before.filterNames, filterNames);
  }
  clusters = resolveClusters(pass, snapshot.clusters);
  if (before) {
    changed.hasCluster = namesThatDiffer(before.clusters, clusters);
    // What is made of a list is found again by it.
    if (changed.hasCluster.size === 0) clusters = before.clusters;
  }
  const routeConfigs: HirRouteConfig[] = [];
  for (const { name, result } of resolveTables(pass, namedRoutes(pass, snapshot))) {
    routeConfigs.push(result.table);
    const known = before?.tables.get(name);
    tables.set(name, known?.path === result.resolved.path && known.punt === result.resolved.punt ? known : result.resolved);
  }
  if (before) changed.table = keysThatDiffer(before.tables, tables);
  const { listeners, inlineTables } = resolveListeners(pass, snapshot.listeners);
  // Others than those in order can't be compared.
  if (memo && options.inOrder) memo.before = { strict, endpoints: snapshot.endpoints, clusters, telling, filterNames, tables };
  return {
    listeners,
    routeConfigs: [...routeConfigs, ...inlineTables].sort((a, b) => compareText(a.path, b.path)),
    clusters,
  };
}

/** One resource by itself: `work`, or what it gave before. All else that it can know is in `facts`. */
type Resolve = <T>(resource: XdsResource, work: (scope: Scope, facts: Facts) => T) => T;

interface Pass {
  readonly last: Last;
  /** For what is said of several resources together. */
  readonly scope: Scope;
  readonly resolve: Resolve;
  /** Each of very many, in the order of names. */
  readonly resolveEach: <T>(
    resources: readonly XdsResource[],
    cut: "cutClusters" | "cutListeners",
    resolve: (resource: XdsResource) => T,
  ) => readonly (readonly T[])[];
  readonly part: ResolvePart;
  /** In the order of names, each name once. */
  readonly distinct: (resources: readonly XdsResource[]) => Iterable<XdsResource>;
}

/** What a part gave that rejects its resource. */
class Rejected<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

/** Made when it is first asked. */
function lazily<A, R>(make: () => (about: A) => R): (about: A) => R {
  let answer: ((about: A) => R) | undefined;
  return (about) => {
    answer ??= make();
    return answer(about);
  };
}

function byName(resources: readonly XdsResource[]): readonly XdsResource[] {
  return [...resources].sort((a, b) => compareText(a.name, b.name) || compareText(a.path, b.path));
}

/** Resources of a kind, each name once. */
function* distinct({ scope }: Pass, resources: readonly XdsResource[]): Generator<XdsResource> {
  let previous: XdsResource | undefined;
  for (const resource of byName(resources)) {
    if (previous !== undefined && previous.name === resource.name && resource.name !== "") {
      const message = `a second ${resource.kind} is named ${JSON.stringify(resource.name)}`;
      refuse({ ...scope }, "KM2001", resource.path, message, "the first one is used");
      continue;
    }
    previous = resource;
    yield resource;
  }
}

/** EDS by name, each resolved when the first cluster asks for it. */
function assignmentsOf(
  { scope: { sink, strict } }: Pass,
  resources: readonly XdsResource[],
  places: Places<string>,
  onResolved: (resource: XdsResource) => void,
): Facts["assignment"] {
  const resolved = new Map<string, Assignment>();
  return (name) => {
    const known = resolved.get(name);
    const place = known ? undefined : places.get(name);
    if (place === undefined) return known;
    const resource = resources[place]!;
    const assignment = assignmentIn(resource, strict, sink);
    resolved.set(name, assignment);
    onResolved(resource);
    return assignment;
  };
}

function resolveClusters(pass: Pass, resources: readonly XdsResource[]): readonly HirCluster[] {
  const resolve = (resource: XdsResource) => pass.resolve(resource, (scope, facts) => resolveCluster(scope, resource, facts));
  const found = pass.resolveEach(resources, "cutClusters", resolve);
  return pass.last("clusters", found, (lists) => joined(lists).filter((cluster) => cluster !== undefined));
}

/** Route configurations that a listener asks for; what is left of an earlier subscription is not compiled. All of a snapshot of routes alone. */
function namedRoutes({ scope, last }: Pass, snapshot: XdsSnapshot): readonly XdsResource[] {
  const names = last("names of tables", [snapshot.listeners], () => namedTables(snapshot.listeners));
  const isNamed = ({ name }: XdsResource): boolean => names?.has(name) ?? true;
  for (const { path } of snapshot.routes.filter((resource) => !isNamed(resource)))
    note(scope, "KM2211", "RouteConfiguration", () => path, "no listener asks for this route configuration: it is not compiled");
  return snapshot.routes.filter(isNamed);
}

function* resolveTables(pass: Pass, resources: readonly XdsResource[]) {
  for (const resource of pass.distinct(resources)) {
    const { name, path, message } = resource;
    const result = pass.resolve(resource, (scope, facts) => {
      const { table, punt } = resolveRouteConfig(
        { facts, inlineTables: [], part: pass.part },
        scope,
        message as RouteConfiguration,
        path,
        false,
        facts.grpcWeb(name),
      );
      const resolved: ResolvedTable = { path, ...(punt === undefined ? {} : { punt }) };
      return scope.rejected ? undefined : { table, resolved };
    });
    if (result) yield { name, result };
  }
}

/** A listener and the route tables in it; no listener where it is refused, or not ours. */
interface ResolvedListener {
  readonly path: string;
  readonly listener: HirListener | undefined;
  readonly inlineTables: readonly HirRouteConfig[];
  /** Texts of the addresses that no other may have. */
  readonly addresses: readonly string[];
}

function resolveListeners(pass: Pass, resources: readonly XdsResource[]) {
  const resolve = (resource: XdsResource) =>
    pass.resolve(resource, (scope, facts): ResolvedListener => {
      const context: ResolveContext = { facts, inlineTables: [], part: pass.part };
      const listener = resolveListener(context, scope, resource);
      const served = listener?.addresses.map(addressText) ?? [];
      const addresses = scope.rejected ? [] : [...served, ...unservedAddresses(resource)];
      return { path: resource.path, listener, inlineTables: context.inlineTables, addresses };
    });
  const { taken, ...all } = pass.last("listeners", pass.resolveEach(resources, "cutListeners", resolve), (lists) => together(lists.flat()));
  for (const { path, address, owner } of taken) {
    const message = `${address} is the address of ${owner} already`;
    refuse({ ...pass.scope }, "KM2102", path, message, "give each listener an address of its own");
  }
  return all;
}

/** An address that a listener before has. */
interface TakenAddress {
  readonly path: string;
  readonly address: string;
  /** Path of the listener that has it. */
  readonly owner: string;
}

/** Listeners of a snapshot; those that want a taken address are left out. */
function together(resolved: readonly ResolvedListener[]) {
  const listeners: HirListener[] = [];
  const inlineTables: HirRouteConfig[] = [];
  const taken: TakenAddress[] = [];
  const owners = new Map<string, string>();
  for (const { path, listener, inlineTables: tables, addresses } of resolved) {
    const before = taken.length;
    for (const address of addresses) {
      const owner = owners.get(address);
      if (owner !== undefined) taken.push({ path, address, owner });
    }
    if (taken.length > before) continue;
    for (const address of addresses) owners.set(address, path);
    if (!listener) continue;
    listeners.push(listener);
    inlineTables.push(...tables);
  }
  return { listeners, inlineTables, taken };
}
