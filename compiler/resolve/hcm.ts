import type { HttpConnectionManager } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import type { HirHttp } from "../hir/index.ts";
import { maskedPrefix } from "./address.ts";
import type { ResolveContext } from "./context.ts";
import { hasGrpcWeb } from "./grpc-web.ts";
import { checkFilters, resolveFilters } from "./http-filters.ts";
import { checkLogOptions } from "./log-options.ts";
import { resolveRouteConfig } from "./route-config.ts";
import { firstPunt, note, puntedField, refuse, type Scope } from "./scope.ts";
import { checkUpgrades } from "./upgrades.ts";

const hcmType = "envoy.extensions.filters.network.http_connection_manager.v3";

const uuidRequestId = "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig";

const codecs = { AUTO: "auto", HTTP1: "http1", HTTP2: "http2", HTTP3: "http3" } as const;

const slashes: Readonly<Record<string, HirHttp["escapedSlashes"]>> = {
  REJECT_REQUEST: "reject",
  UNESCAPE_AND_REDIRECT: "unescape_and_redirect",
  UNESCAPE_AND_FORWARD: "unescape_and_forward",
};

const underscores: Readonly<Record<string, HirHttp["underscores"]>> = { DROP_HEADER: "drop", REJECT_REQUEST: "reject" };

/** How heads are read and which table decides. An inline table is added to the context's. */
export function resolveHttp(context: ResolveContext, scope: Scope, hcm: HttpConnectionManager, path: string): HirHttp {
  const filters = resolveFilters(scope, hcm.http_filters ?? [], `${path}.http_filters`);
  const routes = resolveRoutes(context, scope, hcm, path);
  const http1 = hcm.http_protocol_options;
  const common = hcm.common_http_protocol_options;
  const scheme = hcm.scheme_header_transformation?.scheme_to_overwrite;
  const upgrades = (hcm.upgrade_configs ?? []).filter(({ enabled }) => enabled ?? true);
  if (hcm.codec_type === "HTTP3") refuse(scope, "KM2212", `${path}.codec_type`, "HTTP3 on a TCP listener", "use AUTO");
  checkUpgrades(scope, hcm.upgrade_configs ?? [], path);
  for (const [i, upgrade] of (hcm.upgrade_configs ?? []).entries())
    checkFilters(scope, upgrade.filters ?? [], `${path}.upgrade_configs[${i}].filters`);
  checkExclusive(scope, hcm, path);
  const punted = firstPunt(
    filters.punt,
    puntedField(scope, `${hcmType}.HttpConnectionManager`, hcm),
    puntedField(scope, "envoy.config.core.v3.Http1ProtocolOptions", http1),
    ...upgrades.map((upgrade) => puntedField(scope, `${hcmType}.HttpConnectionManager.UpgradeConfig`, upgrade)),
    ...(hcm.local_reply_config?.mappers ?? []).map((mapper) => puntedField(scope, `${hcmType}.ResponseMapper`, mapper)),
    routes.punt,
  );
  return {
    path,
    ...(routes.path === undefined ? {} : { routeConfig: routes.path }),
    routeConfigName: routes.name,
    codec: codecs[hcm.codec_type ?? "AUTO"],
    normalizePath: hcm.normalize_path ?? false,
    mergeSlashes: hcm.merge_slashes ?? false,
    escapedSlashes: slashes[hcm.path_with_escaped_slashes_action ?? ""] ?? "keep",
    stripHostPort: hcm.strip_any_host_port ? "any" : hcm.strip_matching_host_port ? "matching" : "none",
    stripTrailingHostDot: hcm.strip_trailing_host_dot ?? false,
    useRemoteAddress: hcm.use_remote_address ?? false,
    skipXffAppend: hcm.skip_xff_append ?? false,
    trustedHops: hcm.xff_num_trusted_hops ?? 0,
    appendForwardedPort: hcm.append_x_forwarded_port ?? false,
    via: hcm.via ?? "",
    generateRequestId: hcm.generate_request_id ?? true,
    preserveExternalRequestId: hcm.preserve_external_request_id ?? false,
    packTraceReason: messageIn(hcm.request_id_extension?.typed_config, uuidRequestId)?.pack_trace_reason ?? true,
    // The other ways forward what a client's certificate says, which a plaintext client has not.
    forwardClientCert: hcm.forward_client_cert_details === "ALWAYS_FORWARD_ONLY",
    internalCidrs: resolveInternal(scope, hcm, path),
    ...(scheme === "http" || scheme === "https" ? { schemeOverwrite: scheme } : {}),
    underscores: underscores[common?.headers_with_underscores_action ?? ""] ?? "allow",
    acceptHttp10: http1?.accept_http_10 ?? false,
    defaultHostForHttp10: http1?.default_host_for_http_10 ?? "",
    allowAbsoluteUrl: http1?.allow_absolute_url ?? true,
    proxy100Continue: hcm.proxy_100_continue ?? false,
    upgrades: upgrades.map(({ upgrade_type: type = "" }) => type.toLowerCase()),
    maxRequestHeadersKb: hcm.max_request_headers_kb ?? 60,
    maxHeadersCount: common?.max_headers_count ?? 100,
    ...(punted === undefined ? {} : { punt: punted }),
    suppressEnvoyHeaders: filters.suppressEnvoyHeaders,
    ...(filters.fault ? { fault: filters.fault } : {}),
  };
}

function checkExclusive(scope: Scope, hcm: HttpConnectionManager, path: string): void {
  if (hcm.strip_any_host_port && hcm.strip_matching_host_port)
    refuse(scope, "KM2216", path, "strip_any_host_port and strip_matching_host_port are both set", "keep one of them");
  if (hcm.use_remote_address && hcm.original_ip_detection_extensions?.length)
    refuse(scope, "KM2216", path, "use_remote_address and original_ip_detection_extensions are both set", "keep one of them");
  if (hcm.xff_num_trusted_hops && hcm.original_ip_detection_extensions?.length)
    refuse(scope, "KM2216", path, "xff_num_trusted_hops and original_ip_detection_extensions are both set", "keep one of them");
  checkLogOptions(scope, hcm, ["access_log_flush_interval", "flush_access_log_on_new_request"], path);
}

/** What Envoy takes for internal where internal_address_config has no ranges; without that message nobody is. */
const privateRanges: HirHttp["internalCidrs"] = [
  { ip: "10.0.0.0", length: 8 },
  { ip: "172.16.0.0", length: 12 },
  { ip: "192.168.0.0", length: 16 },
  { ip: "127.0.0.1", length: 32 },
  { ip: "fd00::", length: 8 },
  { ip: "::1", length: 128 },
];

function resolveInternal(scope: Scope, hcm: HttpConnectionManager, path: string): HirHttp["internalCidrs"] {
  const ranges = hcm.internal_address_config?.cidr_ranges ?? [];
  if (ranges.length === 0) return hcm.internal_address_config ? privateRanges : [];
  return ranges.flatMap((range, i) => {
    const prefix = maskedPrefix(range);
    if (prefix) return [prefix];
    refuse(
      scope,
      "KM2110",
      `${path}.internal_address_config.cidr_ranges[${i}]`,
      `${JSON.stringify(range.address_prefix ?? "")} is no IP address`,
      "write a literal IP address, and the length as prefix_len",
    );
    return [];
  });
}

interface Routes {
  readonly path?: string;
  readonly name: string;
  readonly punt?: string | undefined;
}

function resolveRoutes(context: ResolveContext, scope: Scope, hcm: HttpConnectionManager, path: string): Routes {
  if (hcm.route_config) {
    const { table, punt: punted } = resolveRouteConfig(context, scope, hcm.route_config, `${path}.route_config`, true, hasGrpcWeb(hcm));
    context.inlineTables.push(table);
    return { path: table.path, name: table.name, punt: punted };
  }
  if (!hcm.rds) return { name: "" };
  if (!hcm.rds.config_source)
    refuse(scope, "KM2215", `${path}.rds`, "rds without config_source", "say where from: config_source: {ads: {}}");
  const name = hcm.rds.route_config_name ?? "";
  const known = context.facts.table(name);
  if (known) return { path: known.path, name, punt: known.punt };
  const message = `no route configuration is named ${JSON.stringify(name)}: every request is answered 404`;
  note(scope, "KM2206", `table ${name}`, () => `${path}.rds`, message);
  return { name };
}
