import type { HttpFilter } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import type { HirFault } from "../hir/index.ts";
import { noFault, resolveFault } from "./fault.ts";
import { checkDiscovery } from "./filter-discovery.ts";
import { httpFilterClass } from "./filter-names.ts";
import { grpcWebPunt } from "./grpc-web.ts";
import { checkRateLimitFilter } from "./rate-limits.ts";
import { note, punt, puntedField, refuse, type Scope } from "./scope.ts";
import { checkUpstreamFilters, refuseMissing } from "./upstream-filters.ts";

/** What the HTTP filters of a connection manager do together. */
export interface Filters {
  fault?: HirFault;
  suppressEnvoyHeaders: boolean;
  punt?: string | undefined;
}

/** The filters of the list at `path`. */
export function resolveFilters(scope: Scope, filters: readonly HttpFilter[], path: string): Filters {
  const result: Filters = { suppressEnvoyHeaders: false };
  checkFilters(scope, filters, path);
  for (const [i, filter] of filters.entries()) {
    const at = `${path}[${i}]`;
    const discovered = puntedField(scope, "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter", filter);
    const type = typeOf(filter);
    if (discovered !== undefined) result.punt ??= discovered;
    else if (type === undefined) noteSkipped(scope, filter, at);
    else if (!filter.disabled) resolveFilter(scope, filter, type, at, result);
    // A route's own settings switch it on.
    else if (httpFilterClass(filter) === "fault") result.fault ??= noFault(filter.name ?? "");
  }
  if (isEndless(filters)) {
    const message = "there is no router: Envoy takes requests and never answers";
    result.punt ??= punt(scope, "KM2205", path, message, "add envoy.filters.http.router");
  }
  return result;
}

/** What Envoy refuses of a list of filters, whether they are on or not. */
export function checkFilters(scope: Scope, filters: readonly HttpFilter[], path: string): void {
  for (const [i, filter] of filters.entries()) checkFilter(scope, filter, i === filters.length - 1, `${path}[${i}]`);
}

function checkFilter(scope: Scope, filter: HttpFilter, last: boolean, path: string): void {
  const { config_discovery: discovery } = filter;
  if (discovery) {
    const { default_config: config } = discovery;
    checkPlace(scope, config ? { ...filter, typed_config: config } : filter, last, path);
    checkDiscovery(scope, "http", discovery, path);
    return;
  }
  checkPlace(scope, filter, last, path);
  const type = typeOf(filter);
  if (type === undefined ? !filter.is_optional : httpFilterClass(filter) === "foreign")
    refuseMissing(scope, type, JSON.stringify(filter.name ?? ""), path);
  const upstream = messageIn(filter.typed_config, "envoy.extensions.filters.http.router.v3.Router")?.upstream_http_filters;
  if (upstream) checkUpstreamFilters(scope, "router", upstream, `${path}.typed_config.upstream_http_filters`);
  checkRateLimitFilter(scope, filter.typed_config, `${path}.typed_config`, "chain");
  const lua = messageIn(filter.typed_config, "envoy.extensions.filters.http.lua.v3.Lua");
  if (lua?.inline_code && lua.default_source_code)
    refuse(scope, "KM2216", `${path}.typed_config`, "inline_code and default_source_code are both set", "keep default_source_code");
}

/** The router ends the list, and nothing else does. */
function checkPlace(scope: Scope, filter: HttpFilter, last: boolean, path: string): void {
  const found = httpFilterClass(filter);
  const name = JSON.stringify(filter.name ?? "");
  if (last && filter.disabled) refuse(scope, "KM2204", path, `${name} is the last filter and can't be disabled`, "leave disabled out");
  if (found === "router" && !last) refuse(scope, "KM2204", path, `${name} ends the filters; nothing may follow it`, "move it to the end");
  if (last && found !== "router" && found !== "terminal" && found !== "unknown") {
    refuse(scope, "KM2204", path, `${name} can't be the last filter`, "end the filters with envoy.filters.http.router");
  }
}

/** Absent also where an Any names none. */
function typeOf({ typed_config: any }: HttpFilter): string | undefined {
  return any?.any || undefined;
}

/** Whether the last filter is one that Envoy goes on without. */
function isEndless(filters: readonly HttpFilter[]): boolean {
  const last = filters.at(-1);
  return !last || (typeOf(last) === undefined && !last.config_discovery);
}

function noteSkipped(scope: Scope, { name = "", is_optional: isOptional }: HttpFilter, path: string): void {
  // Else it is refused.
  if (!isOptional) return;
  const message = `the optional filter ${JSON.stringify(name)} has no typed_config: Envoy finds no filter by name, and goes on without it`;
  note(scope, "KM2221", "optional filter without configuration", () => path, message);
}

function resolveFilter(scope: Scope, filter: HttpFilter, type: string, path: string, result: Filters): void {
  const name = JSON.stringify(filter.name ?? "");
  const found = httpFilterClass(filter);
  switch (found) {
    case "router":
      result.punt ??= puntedField(scope, type, filter.typed_config?.value);
      result.suppressEnvoyHeaders =
        messageIn(filter.typed_config, "envoy.extensions.filters.http.router.v3.Router")?.suppress_envoy_headers ?? false;
      return;
    case "fault": {
      const fault = resolveFault(
        scope,
        filter.name ?? "",
        messageIn(filter.typed_config, "envoy.extensions.filters.http.fault.v3.HTTPFault") ?? {},
        `${path}.typed_config`,
      );
      if (typeof fault === "string") result.punt ??= fault;
      else if (result.fault)
        result.punt ??= punt(scope, "KM2207", path, "a second fault filter is left to a proxy", "keep one fault filter");
      else result.fault = fault;
      return;
    }
    case "idle":
    case "limits":
      return;
    // What it answers is answered by routes of their own (cors.ts).
    case "cors":
      return;
    case "grpc_web":
      punt(
        scope,
        grpcWebPunt,
        path,
        "requests of gRPC-Web are left to a proxy, which translates them",
        "requests of any other content type are decided",
      );
      return;
    case "telemetry":
    case "treatment":
      note(scope, "KM2203", type, () => path, `the filter ${type} does not change where a request goes, and is not run`);
      return;
    case "decides":
    case "terminal":
      result.punt ??= punt(
        scope,
        "KM2201",
        path,
        `the filter ${name} (${type}) may refuse or redirect a request`,
        "this chain is left to a proxy",
      );
      return;
    // Refused by checkFilter.
    case "foreign":
      return;
    case "unknown":
      result.punt ??= punt(scope, "KM2202", path, `the filter ${name} (${type}) is not known`, "this chain is left to a proxy");
      return;
  }
}
