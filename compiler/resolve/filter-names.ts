import type { HttpFilter, Listener } from "../decode/gen/types.ts";
import { messageIn, type XdsAny, type XdsResource } from "../decode/index.ts";
import { perObject } from "../memo/index.ts";
import { isIdle } from "./idle-filters.ts";
import { managersOf } from "./managers.ts";
import { isForeignTo } from "./network-filters.ts";

/**
 * What an HTTP filter means for requests.
 * - `router`: ends the list.
 * - `telemetry`: observes, or sets what only observers read.
 * - `treatment`: changes responses or bodies, never where a request goes.
 * - `fault`, `cors`: read by themselves.
 * - `grpc_web`: translates requests of gRPC-Web, which are left to a proxy; others pass it as they are.
 * - `idle`: would decide, but its settings here refuse nothing; a route's own settings may.
 * - `limits`: asks about requests of routes that have rate limits, which are left to a proxy by themselves.
 * - `decides`: may refuse a request, choose its endpoint or change what is matched. Unknown filters too: failing closed.
 * - `terminal`: answers, or may answer, requests itself: it may end the list in the router's place.
 * - `foreign`: a type that Envoy does not have. It refuses the listener, unless the filter is optional.
 */
export type HttpFilterClass =
  | "router"
  | "telemetry"
  | "treatment"
  | "fault"
  | "cors"
  | "grpc_web"
  | "idle"
  | "limits"
  | "decides"
  | "terminal"
  | "unknown"
  | "foreign";

const http = "envoy.extensions.filters.http";

const classes: ReadonlyMap<string, HttpFilterClass> = new Map(
  Object.entries<HttpFilterClass>({
    [`${http}.router.v3.Router`]: "router",
    [`${http}.fault.v3.HTTPFault`]: "fault",
    [`${http}.cors.v3.Cors`]: "cors",
    [`${http}.grpc_web.v3.GrpcWeb`]: "grpc_web",

    "stats.PluginConfig": "telemetry",
    "io.istio.http.peer_metadata.Config": "telemetry",
    "envoy.tcp.metadataexchange.config.MetadataExchange": "telemetry",
    // The ALPN that the upstream TLS connection would offer.
    "istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig": "telemetry",
    [`${http}.grpc_stats.v3.FilterConfig`]: "telemetry",
    [`${http}.tap.v3.Tap`]: "telemetry",
    // Asks for virtual hosts that are not in the snapshot, which is a diagnostic of its own; where it asks for clusters, see asksForClusters.
    [`${http}.on_demand.v3.OnDemand`]: "telemetry",
    [`${http}.original_src.v3.OriginalSrc`]: "telemetry",
    // Routes are chosen before it; filters and clusters that decide by metadata are left to a proxy themselves.
    [`${http}.set_metadata.v3.Config`]: "telemetry",
    // Resolves names for dynamic_forward_proxy clusters, which are left to a proxy.
    [`${http}.dynamic_forward_proxy.v3.FilterConfig`]: "telemetry",

    // Learns from responses which protocols an endpoint offers.
    [`${http}.alternate_protocols_cache.v3.FilterConfig`]: "telemetry",
    // Both read responses, for access logs and response filters.
    [`${http}.aws_eventstream_parser.v3.AwsEventstreamParser`]: "telemetry",
    [`${http}.sse_to_metadata.v3.SseToMetadata`]: "telemetry",

    [`${http}.compressor.v3.Compressor`]: "treatment",
    [`${http}.decompressor.v3.Decompressor`]: "treatment",
    [`${http}.bandwidth_limit.v3.BandwidthLimit`]: "treatment",
    [`${http}.bandwidth_share.v3.BandwidthShare`]: "treatment",
    [`${http}.grpc_http1_bridge.v3.Config`]: "treatment",

    [`${http}.a2a.v3.A2a`]: "decides",
    [`${http}.adaptive_concurrency.v3.AdaptiveConcurrency`]: "decides",
    [`${http}.admission_control.v3.AdmissionControl`]: "decides",
    [`${http}.ai_protocol_manager.v3.AiProtocolManager`]: "decides",
    [`${http}.api_key_auth.v3.ApiKeyAuth`]: "decides",
    [`${http}.aws_lambda.v3.Config`]: "decides",
    [`${http}.aws_request_signing.v3.AwsRequestSigning`]: "decides",
    [`${http}.basic_auth.v3.BasicAuth`]: "decides",
    [`${http}.body_size_limit.v3.BodySizeLimit`]: "decides",
    [`${http}.buffer.v3.Buffer`]: "decides",
    [`${http}.cache.v3.CacheConfig`]: "decides",
    [`${http}.cache_v2.v3.CacheV2Config`]: "decides",
    [`${http}.cdn_loop.v3.CdnLoopConfig`]: "decides",
    [`${http}.composite.v3.Composite`]: "decides",
    [`${http}.connect_grpc_bridge.v3.FilterConfig`]: "decides",
    [`${http}.credential_injector.v3.CredentialInjector`]: "decides",
    [`${http}.csrf.v3.CsrfPolicy`]: "decides",
    // Puts another status in place of a local reply's, too.
    [`${http}.custom_response.v3.CustomResponse`]: "decides",
    [`${http}.ext_authz.v3.ExtAuthz`]: "decides",
    [`${http}.ext_proc.v3.ExternalProcessor`]: "decides",
    [`${http}.file_system_buffer.v3.FileSystemBufferFilterConfig`]: "decides",
    [`${http}.filter_chain.v3.FilterChainConfig`]: "decides",
    [`${http}.gcp_authn.v3.GcpAuthnFilterConfig`]: "decides",
    [`${http}.geoip.v3.Geoip`]: "decides",
    [`${http}.golang.v3alpha.Config`]: "decides",
    [`${http}.grpc_field_extraction.v3.GrpcFieldExtractionConfig`]: "decides",
    [`${http}.grpc_http1_reverse_bridge.v3.FilterConfig`]: "decides",
    [`${http}.grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder`]: "decides",
    [`${http}.grpc_json_transcoder.v3.GrpcJsonTranscoder`]: "decides",
    [`${http}.header_mutation.v3.HeaderMutation`]: "decides",
    [`${http}.header_to_metadata.v3.Config`]: "decides",
    [`${http}.health_check.v3.HealthCheck`]: "decides",
    [`${http}.ip_tagging.v3.IPTagging`]: "decides",
    [`${http}.json_to_metadata.v3.JsonToMetadata`]: "decides",
    [`${http}.jwt_authn.v3.JwtAuthentication`]: "decides",
    [`${http}.kill_request.v3.KillRequest`]: "decides",
    [`${http}.local_ratelimit.v3.LocalRateLimit`]: "decides",
    [`${http}.lua.v3.Lua`]: "decides",
    [`${http}.mcp.v3.Mcp`]: "decides",
    [`${http}.mcp_json_rest_bridge.v3.McpJsonRestBridge`]: "decides",
    [`${http}.oauth2.v3.OAuth2`]: "decides",
    [`${http}.proto_api_scrubber.v3.ProtoApiScrubberConfig`]: "decides",
    [`${http}.proto_message_extraction.v3.ProtoMessageExtractionConfig`]: "decides",
    [`${http}.rate_limit_quota.v3.RateLimitQuotaFilterConfig`]: "decides",
    [`${http}.ratelimit.v3.RateLimit`]: "decides",
    [`${http}.rbac.v3.RBAC`]: "decides",
    [`${http}.set_filter_state.v3.Config`]: "decides",
    [`${http}.stateful_session.v3.StatefulSession`]: "decides",
    [`${http}.thrift_to_metadata.v3.ThriftToMetadata`]: "decides",
    [`${http}.transform.v3.TransformConfig`]: "decides",
    [`${http}.wasm.v3.Wasm`]: "decides",
    "envoy.extensions.common.matching.v3.ExtensionWithMatcher": "decides",

    [`${http}.dynamic_modules.v3.DynamicModuleFilter`]: "terminal",
    [`${http}.file_server.v3.FileServerConfig`]: "terminal",
    [`${http}.mcp_router.v3.McpRouter`]: "terminal",
  }),
);

export function httpFilterClass(filter: HttpFilter): HttpFilterClass {
  const type = filter.typed_config?.any;
  if (type === undefined) return "unknown";
  if (isIdle(filter.typed_config)) return "idle";
  const limit = messageIn(filter.typed_config, "envoy.extensions.filters.http.ratelimit.v3.RateLimit");
  if (limit && !limit.rate_limits?.length) return "limits";
  const bridge = messageIn(filter.typed_config, "envoy.extensions.filters.http.grpc_http1_bridge.v3.Config");
  // It makes gRPC of requests, for which routes are looked for again, or takes the query from those that are.
  if (bridge?.upgrade_protobuf_to_grpc || bridge?.ignore_query_parameters || asksForClusters(filter.typed_config)) return "decides";
  return classes.get(type) ?? (isForeignTo("http", type) && !filter.is_optional ? "foreign" : "unknown");
}

/** Of a filter, or of settings of a route: a cluster that the snapshot does not hold may be there when it was asked for. */
export function asksForClusters(any: XdsAny | undefined): boolean {
  const found = messageIn(any, `${http}.on_demand.v3.OnDemand`) ?? messageIn(any, `${http}.on_demand.v3.PerRouteConfig`);
  return found?.odcds !== undefined;
}

/** What the filters of one name are, over all chains of a snapshot. The same object for the same content. */
export interface FilterName {
  readonly classes: ReadonlySet<HttpFilterClass>;
  /** `disabled` in some chain: settings of a route switch it on there. */
  readonly disabled: boolean;
  /** Every HTTP chain has it on, as the same kind of filter, with no fault filter behind it: what it answers is answered everywhere, after faults. */
  readonly answersFirst: boolean;
}

/** By the name that per-route settings (typed_per_filter_config) use. */
export type FilterNames = ReadonlyMap<string, FilterName>;

/** Names are collected before any route is resolved: route tables and chains meet only at run time. */
export function collectFilterNames(listeners: readonly XdsResource[]): FilterNames {
  const names = new Map<string, { classes: Set<HttpFilterClass>; disabled: boolean; first: number }>();
  let chains = 0;
  for (const listener of listeners) {
    for (const filters of filtersOf(listener)) {
      chains++;
      for (const { name, found, disabled, isFirst } of filters) {
        let known = names.get(name);
        if (!known) {
          known = { classes: new Set(), disabled: false, first: 0 };
          names.set(name, known);
        }
        known.classes.add(found);
        known.disabled ||= disabled;
        if (isFirst) known.first++;
      }
    }
  }
  return new Map(
    Array.from(names, ([name, { classes, disabled, first }]) => [
      name,
      filterName(classes, disabled, first === chains && classes.size === 1),
    ]),
  );
}

interface NamedFilter {
  readonly name: string;
  readonly found: HttpFilterClass;
  readonly disabled: boolean;
  /** It is on, the only one of its name, and no fault filter is behind it. */
  readonly isFirst: boolean;
}

/** Of each HTTP chain. */
const filtersOf = perObject(({ message }: XdsResource): readonly (readonly NamedFilter[])[] => {
  return managersOf(message as Listener).map(({ http_filters: filters = [] }) => {
    const found = filters.map(httpFilterClass);
    const lastFault = found.lastIndexOf("fault");
    return filters.map(({ name = "", disabled = false }, i) => {
      const isAlone = filters.every((other, j) => i === j || other.name !== name);
      return { name, found: found[i]!, disabled, isFirst: isAlone && !disabled && i > lastFault };
    });
  });
});

/** By content: as many as there are sets of classes. */
const interned = new Map<string, FilterName>();

function filterName(classes: ReadonlySet<HttpFilterClass>, disabled: boolean, answersFirst: boolean): FilterName {
  const key = [...[...classes].sort(), disabled, answersFirst].join(" ");
  let name = interned.get(key);
  if (!name) {
    name = { classes, disabled, answersFirst };
    interned.set(key, name);
  }
  return name;
}
