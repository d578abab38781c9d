import { isForeignTo } from "./network-filters.ts";

const http = "envoy.extensions.filters.http";

/** Filters of Envoy's that take no settings of a route, virtual host or table. */
const withoutSettings: ReadonlySet<string> = new Set([
  `${http}.a2a.v3.A2a`,
  `${http}.alternate_protocols_cache.v3.FilterConfig`,
  `${http}.body_size_limit.v3.BodySizeLimit`,
  `${http}.cache.v3.CacheConfig`,
  `${http}.cache_v2.v3.CacheV2Config`,
  `${http}.connect_grpc_bridge.v3.FilterConfig`,
  `${http}.gcp_authn.v3.GcpAuthnFilterConfig`,
  `${http}.grpc_http1_bridge.v3.Config`,
  `${http}.grpc_stats.v3.FilterConfig`,
  `${http}.grpc_web.v3.GrpcWeb`,
  `${http}.ip_tagging.v3.IPTagging`,
  `${http}.mcp_router.v3.McpRouter`,
  `${http}.original_src.v3.OriginalSrc`,
  `${http}.proto_api_scrubber.v3.ProtoApiScrubberConfig`,
  `${http}.proto_message_extraction.v3.ProtoMessageExtractionConfig`,
  `${http}.rate_limit_quota.v3.RateLimitQuotaFilterConfig`,
  `${http}.router.v3.Router`,
  `${http}.thrift_to_metadata.v3.ThriftToMetadata`,
  `${http}.wasm.v3.Wasm`,
]);

/** Types that settings of several filters have, and those of Istio's statistics. */
const sharedTypes = /^(?:xds|udpa|stats)\./;

/** Why Envoy refuses settings of this type for an HTTP filter of any name, unless they are optional; undefined where it does not. */
export function whyNoSettings(type: string): string | undefined {
  if (sharedTypes.test(type)) return undefined;
  if (withoutSettings.has(type)) return `the filter of the type ${type} takes no settings here`;
  // Resources and their parts, another FilterConfig too.
  const isPart = type.startsWith("envoy.config.");
  return isPart || isForeignTo("http", type) ? `Envoy has no filter settings of the type ${type}` : undefined;
}
