import type { HttpFilter } from "../decode/gen/types.ts";
import { isForeignTo } from "./network-filters.ts";
import { refuse, type Scope } from "./scope.ts";

const codec = "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";

/**
 * What Envoy refuses of filters between router and endpoint, which are left to a proxy: the codec ends them, and nothing else does. A
 * cluster's list ends with it even where an optional filter is skipped.
 */
export function checkUpstreamFilters(scope: Scope, owner: "router" | "cluster", filters: readonly HttpFilter[], path: string): void {
  for (const [i, filter] of filters.entries()) {
    const at = `${path}[${i}]`;
    const last = i === filters.length - 1;
    const name = JSON.stringify(filter.name ?? "");
    const type = filter.typed_config?.any || undefined;
    const isFound = filter.config_discovery !== undefined || (type !== undefined && !isForeignTo("http", type));
    if (!isFound && !filter.is_optional) refuseMissing(scope, type, name, at);
    if (last && filter.disabled) refuse(scope, "KM2204", at, `${name} is the last filter and can't be disabled`, "leave disabled out");
    if (type === codec && !last) refuse(scope, "KM2204", at, `${name} ends the filters; nothing may follow it`, "move it to the end");
    if (last && type !== codec && !filter.config_discovery && (isFound || owner === "cluster"))
      refuse(scope, "KM2204", at, `${name} can't be the last filter`, "end the filters with envoy.filters.http.upstream_codec");
  }
}

/** A filter that Envoy does not find: it has no type, or one that is none. */
export function refuseMissing(scope: Scope, type: string | undefined, name: string, path: string): void {
  if (type === undefined)
    refuse(scope, "KM2117", path, `${name} has no typed_config, and Envoy finds no filter by name`, "add typed_config");
  else
    refuse(
      scope,
      "KM2127",
      path,
      `Envoy has no HTTP filter of the type ${type}`,
      "name a filter of Envoy's, leave it out, or set is_optional",
    );
}
