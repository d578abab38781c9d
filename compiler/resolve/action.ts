import type {
  DirectResponseAction,
  RedirectAction,
  Route,
  RouteAction,
  WeightedCluster,
  WeightedCluster_ClusterWeight,
} from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import { latin1 } from "../hir/bytes.ts";
import type { HirAction, HirRedirect, HirTarget, HirTreatment, HirWeighted } from "../hir/index.ts";
import { puntShutTarget } from "./circuit-breakers.ts";
import { puntPreflight } from "./cors.ts";
import { noteMetadataMatch } from "./metadata-match.ts";
import { checkMirrors } from "./mirrors.ts";
import { judgeFilterSettings, resolveFilterSettings } from "./per-filter.ts";
import { firstPunt, punt, puntedField, refuse, refusedByDecode, type Scope } from "./scope.ts";
import type { TableScope } from "./table-scope.ts";
import { mergeTreatments, noTreatment, resolveMutations, resolveRegexRewrite, resolveRewrites } from "./treatment.ts";
import { checkUpgrades } from "./upgrades.ts";
import { compileUriTemplate, whyNoRewrite } from "./uri-template.ts";

/** What is done with a matched request, and its rewrites. */
export interface ResolvedAction {
  readonly action: HirAction;
  readonly treatment: HirTreatment;
  /** Preflight requests are left to a proxy, whatever the route says of them: a diagnostic code. */
  readonly preflightPunt?: string | undefined;
}

export function resolveAction(table: TableScope, route: Route, path: string): ResolvedAction {
  const { scope } = table;
  const untreated = (action: HirAction): ResolvedAction => ({ action, treatment: noTreatment });
  if (route.route) return resolveForward(table, route, route.route, `${path}.route`);
  if (route.redirect) return untreated(resolveRedirect(table, route, route.redirect, `${path}.redirect`));
  if (route.direct_response) return untreated(resolveResponse(table, route.direct_response, `${path}.direct_response`));
  if (route.non_forwarding_action) return untreated({ kind: "non_forwarding" });
  const punted = puntedField(scope, "envoy.config.route.v3.Route", route);
  if (punted === undefined) throw refusedByDecode(path);
  return untreated({ kind: "punt", why: punted });
}

const notFound = { SERVICE_UNAVAILABLE: 503, NOT_FOUND: 404, INTERNAL_SERVER_ERROR: 500 } as const;

function resolveForward(table: TableScope, route: Route, action: RouteAction, path: string): ResolvedAction {
  const { scope } = table;
  if (action.metadata_match) noteMetadataMatch(scope, `${path}.metadata_match`);
  checkPrefixRewrite(scope, route, action.prefix_rewrite, path);
  checkTemplateRewrite(scope, route, action, path);
  checkMirrors(table, action, path);
  checkPlugin(table, action, path);
  const treatment = resolveRewrites(scope, action, path);
  const target = resolveTarget(table, action, path);
  const upgrades = upgradesOf(table, route, action, path);
  const punted = firstPunt(
    puntedField(scope, "envoy.config.route.v3.RouteAction", action),
    target?.punt,
    upgrades.punt,
    target && puntShutTarget(table, action, target.target, path),
  );
  if (punted !== undefined) return { action: { kind: "punt", why: punted }, treatment };
  if (!target) throw refusedByDecode(path);
  return {
    action: {
      kind: "forward",
      target: target.target,
      notFoundStatus: notFound[action.cluster_not_found_response_code ?? "SERVICE_UNAVAILABLE"],
      ...(upgrades.websocket === undefined ? {} : { websocket: upgrades.websocket }),
      ...(upgrades.connect === undefined ? {} : { connect: upgrades.connect }),
    },
    treatment,
    preflightPunt: target.preflightPunt,
  };
}

/** A plugin that chooses the cluster is left to a proxy; Envoy refuses one that the table does not have. */
function checkPlugin({ scope, plugins }: TableScope, { cluster_specifier_plugin: name }: RouteAction, path: string): void {
  if (name === undefined || plugins?.some(({ extension }) => (extension?.name ?? "") === name)) return;
  const message = `no cluster specifier plugin of the table is named ${JSON.stringify(name)}`;
  refuse(scope, "KM2333", `${path}.cluster_specifier_plugin`, message, "add it to cluster_specifier_plugins");
}

/** A rewrite by a template is left to a proxy; Envoy refuses some. */
function checkTemplateRewrite(scope: Scope, route: Route, action: RouteAction, path: string): void {
  const policy = action.path_rewrite_policy;
  if (!policy) return;
  const at = `${path}.path_rewrite_policy`;
  const type = "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";
  const rewrite = messageIn(policy.typed_config, type)?.path_template_rewrite;
  if (rewrite === undefined) return;
  const template = messageIn(
    route.match?.path_match_policy?.typed_config,
    "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
  );
  if (!template) {
    refuse(scope, "KM2331", at, "the route has no path_match_policy whose variables could be used", "match by a uri_template");
    return;
  }
  const compiled = compileUriTemplate(template.path_template ?? "");
  const wrong = "variables" in compiled ? whyNoRewrite(rewrite, compiled.variables) : undefined;
  if (wrong !== undefined)
    refuse(scope, "KM2331", at, `${JSON.stringify(rewrite)}: ${wrong}`, "write a path with variables of path_match_policy");
}

function checkPrefixRewrite(scope: Scope, route: Route, prefixRewrite: string | undefined, path: string): void {
  if (!prefixRewrite || !route.match?.path_match_policy) return;
  const message = "a path_match_policy matches no prefix that prefix_rewrite could replace";
  refuse(scope, "KM2326", `${path}.prefix_rewrite`, message, "match by prefix, or use regex_rewrite");
}

/** Upgrades that the route itself switches on or off. */
function upgradesOf(table: TableScope, route: Route, action: RouteAction, path: string) {
  const { scope } = table;
  const found: { websocket?: boolean; connect?: boolean; punt?: string | undefined } = {};
  const upgrades = action.upgrade_configs ?? [];
  checkUpgrades(scope, upgrades, path);
  for (const { upgrade_type: name = "", enabled = true } of upgrades) {
    const type = name.toLowerCase();
    // Requests for others have routes of their own (upgrades.ts).
    if (type === "websocket" || type === "connect") found[type] = enabled;
  }
  for (const [i, { upgrade_type: name = "", connect_config: config }] of upgrades.entries()) {
    if (!config) continue;
    const at = `${path}.upgrade_configs[${i}]`;
    const type = name.toLowerCase();
    if (type !== "connect" && type !== "connect-udp") {
      const message = `connect_config is for CONNECT and CONNECT-UDP, not for ${JSON.stringify(type)}`;
      refuse(scope, "KM2325", at, message, "leave it out");
      continue;
    }
    const settings = puntedField(scope, "envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig", config);
    // That of CONNECT-UDP ends a CONNECT, too. Other path matchers never take one.
    const tunnel = route.match?.connect_matcher && found.connect !== false;
    found.punt ??=
      settings ??
      (tunnel
        ? punt(
            scope,
            "KM2316",
            `${at}.connect_config`,
            "a proxy ends the CONNECT and sends what is in the tunnel",
            "leave connect_config out where the endpoint answers CONNECT itself",
          )
        : undefined);
  }
  return found;
}

interface ResolvedTarget {
  readonly target: HirTarget;
  readonly punt?: string | undefined;
  readonly preflightPunt?: string | undefined;
}

function resolveTarget(table: TableScope, action: RouteAction, path: string): ResolvedTarget | undefined {
  if (action.cluster !== undefined) {
    table.useCluster(action.cluster, () => `${path}.cluster`);
    return { target: { kind: "cluster", cluster: action.cluster } };
  }
  if (action.cluster_header !== undefined) return { target: { kind: "cluster_header", header: action.cluster_header.toLowerCase() } };
  return action.weighted_clusters && resolveWeighted(table, action.weighted_clusters, `${path}.weighted_clusters`);
}

const maxUint32 = 0xffffffff;

function resolveWeighted(table: TableScope, weighted: WeightedCluster, path: string): ResolvedTarget {
  const { scope } = table;
  let punted: string | undefined;
  let preflightPunt: string | undefined;
  let sum = 0;
  const entries = (weighted.clusters ?? []).map((entry, i): HirWeighted => {
    const at = `${path}.clusters[${i}]`;
    if (entry.weight === undefined) refuse(scope, "KM2317", at, "this entry has no weight", "write weight: 0 for a share of nothing");
    const weight = entry.weight ?? 0;
    sum += weight;
    if (entry.metadata_match) noteMetadataMatch(scope, `${at}.metadata_match`);
    const settings = judgeFilterSettings(scope, entry.typed_per_filter_config, at);
    const effect = resolveFilterSettings(scope, table.facts.filter, [settings]);
    punted ??=
      effect.punt ??
      (effect.fault || effect.isOn
        ? punt(
            scope,
            "KM2207",
            `${at}.typed_per_filter_config`,
            "a fault (or CORS) filter that is on or off for one share of a route is left to a proxy",
            "set it for the whole route",
          )
        : undefined);
    if (effect.cors)
      preflightPunt ??= puntPreflight(scope, `${at}.typed_per_filter_config`, "one share of a route has a CORS policy of its own");
    return { path: at, weight, target: entryTarget(table, entry, at), treatment: entryTreatment(table, entry, at) };
  });
  if (sum === 0) refuse(scope, "KM2318", path, "the weights sum to 0", "give one cluster a weight above 0");
  if (sum > maxUint32) refuse(scope, "KM2318", path, `the weights sum to ${sum}, above 4294967295`, "scale the weights down");
  const target: HirTarget = {
    kind: "weighted",
    entries,
    ...(weighted.header_name ? { headerName: weighted.header_name.toLowerCase() } : {}),
  };
  return { target, punt: punted, preflightPunt };
}

function entryTarget(table: TableScope, entry: WeightedCluster_ClusterWeight, path: string): HirWeighted["target"] {
  const { name, cluster_header: header } = entry;
  if (Boolean(name) === Boolean(header)) {
    refuse(
      table.scope,
      "KM2319",
      path,
      name ? "name and cluster_header are both set" : "neither name nor cluster_header is set",
      "set one of them",
    );
  }
  if (header && !name) return { kind: "cluster_header", header: header.toLowerCase() };
  if (name) table.useCluster(name, () => `${path}.name`);
  return { kind: "cluster", cluster: name ?? "" };
}

function entryTreatment(table: TableScope, entry: WeightedCluster_ClusterWeight, path: string): HirTreatment {
  const literal = entry.host_rewrite_literal;
  return mergeTreatments(
    resolveMutations(table.scope, entry, path),
    literal ? { hostRewrite: { kind: "literal", value: literal } } : noTreatment,
  );
}

const redirectStatus = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
} as const;

function resolveRedirect(table: TableScope, route: Route, action: RedirectAction, path: string): HirAction {
  checkPrefixRewrite(table.scope, route, action.prefix_rewrite, path);
  const punted = puntedField(table.scope, "envoy.config.route.v3.RedirectAction", action);
  if (punted !== undefined) return { kind: "punt", why: punted };
  const regexRewrite = action.regex_rewrite && resolveRegexRewrite(table.scope, action.regex_rewrite, `${path}.regex_rewrite`);
  const redirect: HirRedirect = {
    status: redirectStatus[action.response_code ?? "MOVED_PERMANENTLY"],
    https: action.https_redirect ?? false,
    ...(action.scheme_redirect ? { scheme: action.scheme_redirect } : {}),
    ...(action.host_redirect ? { host: action.host_redirect } : {}),
    ...(action.port_redirect ? { port: action.port_redirect } : {}),
    ...(action.path_redirect ? { path: action.path_redirect } : {}),
    ...(action.prefix_rewrite ? { prefixRewrite: action.prefix_rewrite } : {}),
    ...(regexRewrite ? { regexRewrite } : {}),
    stripQuery: action.strip_query ?? false,
  };
  return { kind: "redirect", redirect };
}

function resolveResponse(table: TableScope, action: DirectResponseAction, path: string): HirAction {
  const { scope } = table;
  const punted = firstPunt(
    puntedField(scope, "envoy.config.route.v3.DirectResponseAction", action),
    puntedField(scope, "envoy.config.core.v3.DataSource", action.body),
  );
  if (punted !== undefined) return { kind: "punt", why: punted };
  const bytes = action.body?.inline_bytes ?? Buffer.from(action.body?.inline_string ?? "", "utf8");
  if (bytes.length > table.maxBody) {
    refuse(
      scope,
      "KM2323",
      `${path}.body`,
      `the body has ${bytes.length} bytes, above ${table.maxBody}`,
      "raise max_direct_response_body_size_bytes",
    );
  }
  return { kind: "respond", status: action.status ?? 0, body: action.body?.inline_string ?? textOf(bytes) };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bodies are text: of bytes that are no UTF-8, their latin-1 reading. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1(bytes);
  }
}
