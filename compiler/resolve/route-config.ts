import type { Route, RouteConfiguration, VirtualHost } from "../decode/gen/types.ts";
import { asciiLower } from "../hir/bytes.ts";
import type { HirAction, HirRoute, HirRouteConfig, HirVirtualHost } from "../hir/index.ts";
import { createParts, joined, joinedText } from "../memo/index.ts";
import { resolveAction } from "./action.ts";
import { type ResolveContext, useCluster } from "./context.ts";
import { legacyPreflight, preflightRoutes, resolvePreflight } from "./cors.ts";
import { checkDomains } from "./domains.ts";
import { grpcWebRoutes } from "./grpc-web.ts";
import type { Rule } from "./matchers.ts";
import { checkMirrors, inheritsMirrors, inheritsTableMirrors } from "./mirrors.ts";
import { type FilterSettings, judgeFilterSettings, resolveFilterSettings } from "./per-filter.ts";
import { resolveRouteMatch } from "./route-match.ts";
import { routesInTree } from "./route-tree.ts";
import { elementPath, firstPunt, punt, puntedField, refuse, type Scope } from "./scope.ts";
import type { TableScope } from "./table-scope.ts";
import { mergeTreatments, resolveMutations } from "./treatment.ts";
import { upgradeRoutes } from "./upgrades.ts";

export interface RouteConfigResult {
  readonly table: HirRouteConfig;
  /** The table as a whole is left to a proxy: a diagnostic code. */
  readonly punt: string | undefined;
}

/**
 * A route table, by RDS or inline. Inline ones check that their clusters exist unless they say otherwise.
 *
 * @param grpcWeb a chain that uses it translates gRPC-Web
 */
export function resolveRouteConfig(
  context: ResolveContext,
  scope: Scope,
  config: RouteConfiguration,
  path: string,
  inline: boolean,
  grpcWeb: boolean,
): RouteConfigResult {
  const validate = config.validate_clusters ?? inline;
  const maxBody = longestBody(config);
  const { config: settings } = judgeFilterSettings(scope, config.typed_per_filter_config, path);
  const plugins = config.cluster_specifier_plugins;
  const given = [validate, maxBody, path, settings, plugins, grpcWeb];
  const resolveOne = (outer: Scope, vhost: VirtualHost, at: string) =>
    context.part(outer, vhost, at, given, (own, facts) => {
      const useKnown = (name: string, where: () => string) => useCluster(facts, own, name, where, validate);
      const useMirror = validate ? useKnown : undefined;
      return resolveVirtualHost(
        { scope: own, facts, useCluster: useKnown, useMirror, maxBody, plugins, grpcWeb, settings: { config: settings, path } },
        vhost,
        at,
      );
    });
  const vhosts = partsOf(config.virtual_hosts ?? []).map((part) =>
    context.part(scope, part, path, given, (own) => {
      const seen = new Set<string>();
      return part.map((vhost, i) => resolveOne(own, vhost, elementPath(`${path}.virtual_hosts`, vhost.name, i, seen)));
    }),
  );
  checkDomains(scope, vhosts);
  if (validate && config.request_mirror_policies?.length && config.virtual_hosts?.some(inheritsTableMirrors))
    checkMirrors({ useMirror: (name, where) => useCluster(context.facts, scope, name, where, validate) }, config, path);
  return {
    punt: firstPunt(puntedField(scope, "envoy.config.route.v3.RouteConfiguration", config), puntInternalOnly(scope, config, path)),
    table: {
      name: config.name ?? "",
      path,
      ignorePortInHost: config.ignore_port_in_host_matching ?? false,
      ignorePathParameters: config.ignore_path_parameters_in_path_matching ?? false,
      ...(config.vhost_header ? { vhostHeader: config.vhost_header.toLowerCase() } : {}),
      internalOnlyHeaders: config.internal_only_headers?.map((h) => h.toLowerCase()) ?? [],
      mostSpecificHeaderMutationsWins: config.most_specific_header_mutations_wins ?? false,
      vhosts: joined(vhosts),
      treatment: resolveMutations(scope, config, path),
    },
  };
}

/** What a request can't be without: in Envoy they are headers like others, and may be taken away. */
const requiredHeaders: ReadonlySet<string> = new Set([":authority", ":method", ":path", ":scheme", "host"]);

function puntInternalOnly(scope: Scope, { internal_only_headers: names = [] }: RouteConfiguration, path: string): string | undefined {
  const i = names.findIndex((name) => requiredHeaders.has(name.toLowerCase()));
  if (i < 0) return undefined;
  return punt(
    scope,
    "KM2332",
    `${path}.internal_only_headers[${i}]`,
    `${names[i]} is taken away from requests of external clients`,
    "the table is left to a proxy",
  );
}

/** Bytes that a direct_response may have: 0 is no limit. */
function longestBody({ max_direct_response_body_size_bytes: most = 4096 }: RouteConfiguration): number {
  return most === 0 ? Number.POSITIVE_INFINITY : most;
}

const cut = createParts(({ name }: VirtualHost) => name ?? "");

/**
 * The virtual hosts in parts, so that of a table that changes only what is in another part than before is looked at. Where names do not tell
 * all of them apart, paths depend on what comes before: that is one part.
 */
function partsOf(vhosts: readonly VirtualHost[]): readonly (readonly VirtualHost[])[] {
  const names = new Set(vhosts.map(({ name }) => name));
  const areNamed = names.size === vhosts.length && !names.has("") && !names.has(undefined);
  return areNamed ? cut(vhosts).map(({ items }) => items) : [vhosts];
}

const requireTls = { NONE: "none", EXTERNAL_ONLY: "external_only", ALL: "all" } as const;

function resolveVirtualHost(table: TableScope, vhost: VirtualHost, path: string): HirVirtualHost {
  const { scope } = table;
  if (vhost.matcher && vhost.routes?.length) refuse(scope, "KM2324", path, "matcher and routes are both set", "keep one of them");
  const settings = judgeFilterSettings(scope, vhost.typed_per_filter_config, path);
  if (inheritsMirrors(vhost)) checkMirrors(table, vhost, path);
  checkTree(table, vhost, settings, `${path}.matcher`);
  const punted = puntedField(scope, "envoy.config.route.v3.VirtualHost", vhost);
  return {
    name: vhost.name ?? "",
    path,
    domains: lowered(vhost.domains ?? []),
    requireTls: requireTls[vhost.require_tls ?? "NONE"],
    // A copy has no room left over from growing.
    routes: (vhost.routes ?? [])
      .flatMap((route, i) => resolveRoute(table, vhost, settings, route, joinedText(path, ".routes[", i, "]")))
      .slice(),
    ...(punted === undefined ? {} : { punt: punted }),
    ...(vhost.include_request_attempt_count ? { attemptCount: true } : {}),
    treatment: resolveMutations(scope, vhost, path),
  };
}

/** The very list where nothing changes, as mostly: the message has it anyway. */
function lowered(domains: readonly string[]): readonly string[] {
  return domains.every((domain) => asciiLower(domain) === domain) ? domains : domains.map(asciiLower);
}

/** Refuses the routes of a generic matcher that Envoy refuses, whose clusters it does not look for; all else of them is left to a proxy. */
function checkTree(table: TableScope, vhost: VirtualHost, settings: FilterSettings, path: string): void {
  if (!vhost.matcher) return;
  const { scope } = table;
  const sink: Scope["sink"] = { add: (found) => found.severity === "error" && scope.sink.add(found), note: () => undefined };
  const quiet: Scope = { sink, strict: false, rejected: false };
  for (const [at, route] of routesInTree(scope, vhost.matcher, path))
    resolveRoute({ ...table, scope: quiet, useCluster: () => undefined, useMirror: undefined }, vhost, settings, route, at);
  scope.rejected ||= quiet.rejected;
}

/** What a CORS or rate limit filter asks about: in Envoy, redirects and responses of a route are no entries. */
function isEntry({ kind }: HirAction): boolean {
  return kind === "forward" || kind === "non_forwarding";
}

/** A route with rate limits is left to a proxy, where a chain has a filter that asks about them: a diagnostic code, or absent. */
function rateLimit({ scope, facts }: TableScope, vhost: VirtualHost, route: Route, path: string): string | undefined {
  if (!route.route?.rate_limits?.length && !vhost.rate_limits?.length) return undefined;
  if (!facts.hasFilter("limits")) return undefined;
  return punt(scope, "KM2219", path, "a rate limit filter is asked about requests of this route", "they are left to a proxy");
}

/** A route, behind those for its requests that are decided otherwise: upgrades, gRPC-Web, preflight requests. */
function resolveRoute(table: TableScope, vhost: VirtualHost, outer: FilterSettings, route: Route, path: string): readonly HirRoute[] {
  const { scope } = table;
  const rule: Rule = { scope, punt: undefined };
  const match = resolveRouteMatch(rule, route.match ?? {}, `${path}.match`);
  const { action, treatment, preflightPunt } = resolveAction(table, route, path);
  const own = judgeFilterSettings(scope, route.typed_per_filter_config, path);
  const effect = resolveFilterSettings(scope, table.facts.filter, [own, outer, table.settings]);
  const punted = firstPunt(
    action.kind === "punt" ? undefined : puntedField(scope, "envoy.config.route.v3.Route", route),
    effect.punt,
    isEntry(action) ? rateLimit(table, vhost, route, path) : undefined,
  );
  const resolved: HirRoute = {
    name: route.name ?? "",
    path,
    match,
    action: punted === undefined ? action : { kind: "punt", why: punted },
    treatment: mergeTreatments(resolveMutations(scope, route, path), treatment),
    ...(effect.fault ? { fault: effect.fault } : {}),
    ...(rule.punt === undefined ? {} : { punt: rule.punt }),
  };
  const grpcWeb = table.grpcWeb ? grpcWebRoutes(resolved) : [];
  if (!isEntry(resolved.action)) return [...grpcWeb, resolved];
  const isLegacy = (route.route?.cors ?? vhost.cors) !== undefined && table.facts.hasFilter("cors");
  const preflight = isLegacy ? legacyPreflight(scope, path) : resolvePreflight(scope, effect.cors ?? [], path);
  return [
    ...upgradeRoutes(scope, resolved, route.route?.upgrade_configs ?? [], `${path}.route`),
    ...grpcWeb,
    ...preflightRoutes(resolved, preflightPunt === undefined ? preflight : { kind: "punt", why: preflightPunt }),
    resolved,
  ];
}
