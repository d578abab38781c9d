import type { ExtensionConfigSource } from "../decode/gen/types.ts";
import { typeNameOf } from "../decode/index.ts";
import { type FilterPlace, isForeignTo } from "./network-filters.ts";
import { refuse, type Scope } from "./scope.ts";

/**
 * What Envoy refuses of a filter that comes from a discovery service, which is left to a proxy. Where its default may stand the caller says.
 * Of network filters Envoy 1.40 looks at the default alone (tried on it).
 */
export function checkDiscovery(scope: Scope, place: FilterPlace, discovery: ExtensionConfigSource, path: string): void {
  const { default_config: config, type_urls: urls = [] } = discovery;
  const at = `${path}.config_discovery`;
  const types = urls.map(typeNameOf);
  if (place !== "network") {
    if (discovery.apply_default_config_without_warming && !config)
      refuse(scope, "KM2130", at, "apply_default_config_without_warming needs default_config", "add default_config");
    for (const type of types.filter((type) => isForeignTo(place, type)))
      refuse(scope, "KM2130", `${at}.type_urls`, `Envoy has no ${place} filter of the type ${JSON.stringify(type)}`, "leave it out");
  }
  if (!config) return;
  if (isForeignTo(place, config.any))
    refuse(
      scope,
      "KM2130",
      `${at}.default_config`,
      `Envoy has no ${place} filter of the type ${JSON.stringify(config.any)}`,
      "leave it out",
    );
  else if (!types.includes(config.any))
    refuse(scope, "KM2130", `${at}.default_config`, `${config.any} is not among type_urls`, "add its type URL");
}
