import { honoured, message, note, noted, notedAndKept, notice, punt } from "./dsl.ts";
import { affinity, mirrors, protocols, retries, timeouts } from "./notices.ts";

const noTls = notice("KM1417", "has no effect: no TLS connection is made to endpoints");
const asTheyAre = notice("KM1363", "has no effect: the bytes of a message go from client to endpoint as they are");
const tls = notice("KM1461", "is not read: TLS is neither made nor ended here (see the diagnostic of the transport socket it belongs to)");

/** Transport sockets (resolve punts those that need TLS) and the protocol options of clusters. */
export const transportSocketSupport = {
  "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer": message(),
  "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext": message(
    noted(
      tls,
      "common_tls_context",
      "require_client_certificate",
      "require_sni",
      "session_ticket_keys",
      "session_ticket_keys_sds_secret_config",
      "disable_stateless_session_resumption",
      "disable_stateful_session_resumption",
      "session_timeout",
      "ocsp_staple_policy",
      "full_scan_certs_on_sni_mismatch",
      "prefer_client_ciphers",
    ),
  ),
  "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext": message(
    noted(
      tls,
      "common_tls_context",
      "sni",
      "auto_host_sni",
      "auto_sni_san_validation",
      "allow_renegotiation",
      "max_session_keys",
      "enforce_rsa_key_usage",
    ),
  ),

  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": message(
    honoured("use_downstream_protocol_config", "explicit_http_config"),
    punt(
      "KM1460",
      "filters between router and endpoint: the cluster is left to a proxy",
      "leave it out where these filters only observe",
      "http_filters",
    ),
    notedAndKept(noTls, "upstream_http_protocol_options", "auto_config"),
    notedAndKept(timeouts, "common_http_protocol_options"),
    note("KM1361", "has no effect: heads of responses are not read", "header_validation_config"),
    note("KM1416", "is not done: an endpoint that fails stays in use until the control plane says otherwise", "outlier_detection"),
    noted(mirrors, "request_mirror_policies"),
    noted(affinity, "hash_policy"),
    noted(retries, "retry_policy"),
  ),
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig": message(
    notedAndKept(protocols, "http_protocol_options", "http2_protocol_options", "http3_protocol_options"),
  ),
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig": message(
    notedAndKept(asTheyAre, "http_protocol_options", "http2_protocol_options", "http3_protocol_options"),
  ),
} as const;
