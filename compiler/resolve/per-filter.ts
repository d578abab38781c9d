import { messageIn, type XdsAny } from "../decode/index.ts";
import type { HirFault } from "../hir/index.ts";
import type { Facts } from "./context.ts";
import { type CorsPolicy, type CorsSettings, resolveCorsPolicy } from "./cors.ts";
import { judgeFault, noFault, resolveFault } from "./fault.ts";
import { asksForClusters, type FilterName, type HttpFilterClass } from "./filter-names.ts";
import { areIdle } from "./idle-filters.ts";
import { checkRateLimitFilter } from "./rate-limits.ts";
import { note, punt, refuse, type Scope } from "./scope.ts";
import { whyNoSettings } from "./settings-types.ts";

/** typed_per_filter_config with the path it stands at. */
export interface FilterSettings {
  readonly config: { readonly [filter: string]: XdsAny } | undefined;
  readonly path: string;
}

/** What the settings of a route (and of its virtual host and table, where the route has none for a filter) mean for it. */
export interface FilterEffect {
  readonly fault?: HirFault;
  /** Of each CORS filter that has some here. */
  readonly cors?: readonly CorsSettings[];
  /** A fault or CORS filter is on with settings from elsewhere: at a share of a route, they may be those of the route. */
  readonly isOn?: boolean;
  readonly punt?: string;
}

const nothing: FilterEffect = {};

/**
 * Refuses what Envoy refuses in the settings at one place: those of all filters, whether a chain has them and whether they count for a route.
 * The settings, or none where some are refused, as that has been said.
 */
export function judgeFilterSettings(scope: Scope, config: FilterSettings["config"], path: string): FilterSettings {
  if (!config) return { config, path };
  const place: Scope = { sink: scope.sink, strict: scope.strict, rejected: false };
  for (const [filter, any] of Object.entries(config)) judgeSettings(place, any, settingsPath(path, filter));
  if (!place.rejected) return { config, path };
  scope.rejected = true;
  return { config: undefined, path };
}

function judgeSettings(scope: Scope, any: XdsAny, path: string): void {
  const wrapper = messageIn(any, filterConfig);
  if (wrapper?.disabled) return;
  const inner = wrapper ? wrapper.config : any;
  if (!inner) {
    refuse(scope, "KM2214", path, "a FilterConfig with neither config nor disabled", "add config, or leave it out");
    return;
  }
  const wrong = inner.any === "" || wrapper?.is_optional ? undefined : whyNoSettings(inner.any);
  if (wrong !== undefined) refuse(scope, "KM2127", path, wrong, "name settings of an HTTP filter, or set is_optional");
  const fault = messageIn(inner, "envoy.extensions.filters.http.fault.v3.HTTPFault");
  if (fault) judgeFault(scope, fault, path);
  const cors = messageIn(inner, corsPolicy);
  if (cors) resolveCorsPolicy(scope, cors, path);
  checkRateLimitFilter(scope, inner, path, "route");
}

/** What settings that are judged mean for a route. `settings`: the most specific first. */
export function resolveFilterSettings(scope: Scope, filterNamed: Facts["filter"], settings: readonly FilterSettings[]): FilterEffect {
  if (settings.every(({ config }) => config === undefined)) return nothing;
  const seen = new Set<string>();
  let fault: HirFault | undefined;
  let punted: string | undefined;
  let isOn = false;
  const cors: CorsSettings[] = [];
  for (const { config, path } of settings) {
    for (const filter of Object.keys(config ?? {}).sort()) {
      if (seen.has(filter)) continue;
      seen.add(filter);
      const known = filterNamed(filter);
      const counting = countingSettings(settings, filter);
      const effect = settingsOf(scope, known, filter, counting.any, counting.path);
      if (known && effect.isCors) cors.push({ filter: known, policies: corsPolicies(scope, settings, filter) });
      if (fault && effect.fault)
        punted ??= punt(scope, "KM2207", path, "faults of two filters are left to a proxy", "keep one fault filter");
      fault ??= effect.fault;
      isOn ||= effect.isOn === true;
      punted ??= effect.punt;
    }
  }
  return {
    ...(fault ? { fault } : {}),
    ...(cors.length > 0 ? { cors } : {}),
    ...(isOn ? { isOn } : {}),
    ...(punted === undefined ? {} : { punt: punted }),
  };
}

/**
 * Of the place that names the filter first. Where these are empty they only say that the filter is on: its settings are the next that say
 * more, else those of its chain.
 */
function countingSettings(settings: readonly FilterSettings[], filter: string): { readonly any: XdsAny; readonly path: string } {
  const named = settings.flatMap(({ config, path }) => {
    const any = config?.[filter];
    return any ? [{ any, path: settingsPath(path, filter) }] : [];
  });
  const [first] = named;
  if (!isEmpty(first!.any)) return first!;
  return named.find(({ any }) => !isEmpty(any) && !messageIn(any, filterConfig)?.disabled) ?? first!;
}

const filterConfig = "envoy.config.route.v3.FilterConfig";
const corsPolicy = "envoy.extensions.filters.http.cors.v3.CorsPolicy";

/** A FilterConfig whose config names no type. */
function isEmpty(any: XdsAny): boolean {
  return messageIn(any, filterConfig)?.config?.any === "";
}

function settingsPath(path: string, filter: string): string {
  return `${path}.typed_per_filter_config[${JSON.stringify(filter)}]`;
}

function corsPolicies(scope: Scope, settings: readonly FilterSettings[], filter: string): readonly CorsPolicy[] {
  return settings.flatMap(({ config, path }) => {
    const any = config?.[filter];
    const wrapper = messageIn(any, filterConfig);
    const policy = messageIn(wrapper ? wrapper.config : any, corsPolicy);
    return policy ? [resolveCorsPolicy(scope, policy, settingsPath(path, filter))] : [];
  });
}

/** What settings at one place mean. */
interface OwnEffect {
  readonly fault?: HirFault;
  readonly isCors?: boolean;
  readonly isOn?: boolean;
  readonly punt?: string;
}

function settingsOf(scope: Scope, known: FilterName | undefined, filter: string, any: XdsAny, path: string): OwnEffect {
  const wrapper = messageIn(any, filterConfig);
  const inner = wrapper?.disabled ? undefined : wrapper ? wrapper.config : any;
  /** The filter's own, of its chain. */
  const isOwn = inner?.any === "";
  const fault = messageIn(inner, "envoy.extensions.filters.http.fault.v3.HTTPFault");
  const isCors = known?.classes.has("cors") === true && messageIn(inner, corsPolicy) !== undefined;
  if (!known) {
    note(
      scope,
      "KM2209",
      `settings of ${filter}`,
      () => path,
      `no chain of the snapshot has a filter named ${JSON.stringify(filter)}: its settings have no effect`,
    );
    return nothing;
  }
  if (wrapper?.disabled && known.classes.has("router")) {
    const message = `${JSON.stringify(filter)}, which forwards or answers every request, is off: in Envoy it waits`;
    return { punt: punt(scope, "KM2222", path, message, "leave the router on for all that is to be answered") };
  }
  if (wrapper?.disabled) return known.classes.has("fault") ? { fault: noFault(filter) } : nothing;
  if (fault) {
    const resolved = resolveFault(scope, filter, fault, path);
    return typeof resolved === "string" ? { punt: resolved } : { fault: resolved };
  }
  if (isCors) return { isCors };
  if (isOwn && !known.disabled && (known.classes.has("fault") || known.classes.has("cors"))) return { isOn: true };
  const message = `these settings switch on ${JSON.stringify(filter)}, which may refuse or redirect a request`;
  const puntRoute = (): OwnEffect => ({ punt: punt(scope, "KM2208", path, message, "requests of this route are left to a proxy") });
  if (asksForClusters(inner)) return puntRoute();
  if (known.classes.has("cors") || [...known.classes].every((c) => c === "telemetry" || c === "treatment" || c === "grpc_web")) {
    note(scope, "KM2210", inner?.any || filter, () => path, `settings of ${JSON.stringify(filter)} have no effect on where a request goes`);
    return nothing;
  }
  // A filter that decides and is on has its chain punted already; settings matter where they switch one on.
  if (areIdle(inner)) return nothing;
  const waits = (found: HttpFilterClass) => found === "idle" || found === "limits";
  const classes = [...known.classes];
  if (isOwn ? !known.disabled || classes.every(waits) : !known.disabled && !classes.some(waits)) return nothing;
  return puntRoute();
}
