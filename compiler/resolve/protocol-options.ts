import type { Cluster, HttpHttpProtocolOptions } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import { isForeign } from "./network-filters.ts";
import { puntedField, refuse, type Scope } from "./scope.ts";
import { checkUpstreamFilters } from "./upstream-filters.ts";

const upstreams = "envoy.extensions.upstreams";
const httpType = `${upstreams}.http.v3.HttpProtocolOptions`;

/** Types that stand under their own names. */
const ownNames: ReadonlySet<string> = new Set([httpType, `${upstreams}.tcp.v3.TcpProtocolOptions`]);

/** The filters that take options by cluster. */
const filtersWithOptions: ReadonlySet<string> = new Set(["envoy.filters.network.redis_proxy", "envoy.filters.network.thrift_proxy"]);

/** The cluster's typed HTTP options. */
export function httpOptions(cluster: Cluster): HttpHttpProtocolOptions | undefined {
  return messageIn(cluster.typed_extension_protocol_options?.[httpType], "envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
}

/** Refuses typed options that Envoy refuses; a diagnostic code where some of them leave the cluster to a proxy. */
export function resolveProtocolOptions(scope: Scope, cluster: Cluster, path: string): string | undefined {
  const all = cluster.typed_extension_protocol_options ?? {};
  let punted: string | undefined;
  for (const key of Object.keys(all).sort()) {
    const { any: type, value } = all[key]!;
    const wrong = whyNot(key, type);
    if (wrong !== undefined) {
      const hint = `the name is that of a filter which takes options, or ${httpType}`;
      refuse(scope, "KM2438", `${path}.typed_extension_protocol_options[${JSON.stringify(key)}]`, wrong, hint);
    }
    punted ??= puntedField(scope, type, value);
  }
  const options = httpOptions(cluster);
  checkRequests(scope, cluster, options, path);
  const filters = options?.http_filters;
  if (filters) checkUpstreamFilters(scope, "cluster", filters, `${path}.typed_extension_protocol_options["${httpType}"].http_filters`);
  return punted;
}

function whyNot(name: string, type: string): string | undefined {
  if (ownNames.has(name)) return type === name || type === "google.protobuf.Struct" ? undefined : `options of the type ${type}`;
  if (isForeign(name)) return "Envoy has no filter of this name";
  return name.startsWith("envoy.filters.") && !filtersWithOptions.has(name) ? "this filter takes no options" : undefined;
}

function checkRequests(scope: Scope, cluster: Cluster, options: HttpHttpProtocolOptions | undefined, path: string): void {
  const common = (options ?? cluster).common_http_protocol_options;
  if (cluster.max_requests_per_connection === undefined || common?.max_requests_per_connection === undefined) return;
  const message = "max_requests_per_connection is set here and in the HTTP options";
  refuse(scope, "KM2438", `${path}.max_requests_per_connection`, message, "set it in the HTTP options only");
}
