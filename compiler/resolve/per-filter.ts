import { messageIn, type XdsAny } from "../decode/index.ts";
import type { HirFault } from "../hir/index.ts";
import type { Facts } from "./context.ts";
import { noFault, resolveFault } from "./fault.ts";
import type { FilterName } from "./filter-names.ts";
import { isForeign } from "./network-filters.ts";
import { note, punt, refuse, type Scope } from "./scope.ts";

/** typed_per_filter_config with the path it stands at. */
export interface FilterSettings {
  readonly config: { readonly [filter: string]: XdsAny } | undefined;
  readonly path: string;
}

/** What the settings of a route (and of its virtual host and table, where the route has none for a filter) mean for it. */
export interface FilterEffect {
  readonly fault?: HirFault;
  readonly punt?: string;
}

const nothing: FilterEffect = {};

/** Types that settings of several filters have, and those of Istio's statistics. */
const sharedTypes = /^(?:google\.protobuf|xds|udpa|stats)\./;

/** `settings`: the most specific first; for each filter the first that names it counts. */
export function resolveFilterSettings(scope: Scope, filterNamed: Facts["filter"], settings: readonly FilterSettings[]): FilterEffect {
  if (settings.every(({ config }) => config === undefined)) return nothing;
  const seen = new Set<string>();
  let fault: HirFault | undefined;
  let punted: string | undefined;
  for (const { config, path } of settings) {
    for (const filter of Object.keys(config ?? {}).sort()) {
      if (seen.has(filter)) continue;
      seen.add(filter);
      const at = `${path}.typed_per_filter_config[${JSON.stringify(filter)}]`;
      const effect = settingsOf(scope, filterNamed(filter), filter, config![filter]!, at);
      if (fault && effect.fault) punted ??= punt(scope, "KM2207", path, "faults of two filters are left to a proxy");
      fault ??= effect.fault;
      punted ??= effect.punt;
    }
  }
  return { ...(fault ? { fault } : {}), ...(punted === undefined ? {} : { punt: punted }) };
}

function settingsOf(scope: Scope, known: FilterName | undefined, filter: string, any: XdsAny, path: string): FilterEffect {
  const wrapper = messageIn(any, "envoy.config.route.v3.FilterConfig");
  const inner = wrapper ? wrapper.config : any;
  const fault = messageIn(inner, "envoy.extensions.filters.http.fault.v3.HTTPFault");
  if (wrapper && !wrapper.disabled && !inner) {
    refuse(scope, "KM2214", path, "a FilterConfig with neither config nor disabled", "add config, or leave it out");
    return nothing;
  }
  if (inner && isForeign(inner.any) && !sharedTypes.test(inner.any) && !wrapper?.is_optional) {
    refuse(scope, "KM2127", path, `Envoy has no filter settings of the type ${inner.any}`, "name a type of Envoy's, or set is_optional");
    return nothing;
  }
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
  if (wrapper?.disabled) return known.classes.has("fault") ? { fault: noFault(filter) } : nothing;
  if (fault) {
    const resolved = resolveFault(scope, filter, fault, path);
    return typeof resolved === "string" ? { punt: resolved } : { fault: resolved };
  }
  if (known.classes.has("cors") || [...known.classes].every((c) => c === "telemetry" || c === "treatment")) {
    note(scope, "KM2210", inner?.any ?? filter, () => path, `settings of ${JSON.stringify(filter)} have no effect on where a request goes`);
    return nothing;
  }
  // A filter that decides and is on has its chain punted already; settings matter where they switch one on.
  const perRoute = messageIn(inner, "envoy.extensions.filters.http.rbac.v3.RBACPerRoute");
  if (perRoute && !perRoute.rbac?.rules && !perRoute.rbac?.matcher) return nothing;
  if (!known.disabled && !known.classes.has("idle")) return nothing;
  const message = `these settings switch on ${JSON.stringify(filter)}, which may refuse or redirect a request`;
  return { punt: punt(scope, "KM2208", path, message, "requests of this route are left to a proxy") };
}
