import type { JsonObject } from "../../json-fields.ts";
import type { Patch, RefusalRow } from "../base.ts";
import { atOnce, badHeaders, discovered, extensions, fault, faultType } from "./patches.ts";

const inspectorType = `${extensions}.listener.tls_inspector.v3.TlsInspector`;
const proxyProtocolType = `${extensions}.listener.proxy_protocol.v3.ProxyProtocol`;
const disallowed = (...disallowed_versions: readonly string[]): Patch => ({
  listener_filters: [{ name: "pp", typed_config: { "@type": proxyProtocolType, disallowed_versions: [...disallowed_versions] } }],
});
const originalType = `${extensions}.listener.original_dst.v3.OriginalDst`;
const tcpType = `${extensions}.network.tcp_proxy.v3.TcpProxy`;
const tcpProxy = { name: "tcp", typed_config: { "@type": tcpType, stat_prefix: "t", cluster: "c" } };
const rbac = { "@type": `${extensions}.network.rbac.v3.RBAC`, stat_prefix: "r" };
const networkFilters = (...list: readonly JsonObject[]): Patch => ({ filter_chains: [{ filters: [...list] }] });

/** Of listeners, their filters and TCP proxies. */
export const listenerRows: readonly RefusalRow[] = [
  {
    about: "discovered listener filters",
    place: "listener",
    refused: [
      { listener_filters: [discovered({ type_urls: [inspectorType], apply_default_config_without_warming: true })] },
      { listener_filters: [discovered({ type_urls: [faultType] })] },
      { listener_filters: [discovered({ default_config: { "@type": inspectorType }, type_urls: [originalType] })] },
    ],
    taken: [{ listener_filters: [discovered({ default_config: { "@type": inspectorType }, type_urls: [inspectorType], ...atOnce })] }],
  },
  {
    about: "discovered network filters",
    place: "listener",
    refused: [
      networkFilters(discovered({ default_config: rbac, type_urls: [tcpType] }), tcpProxy),
      networkFilters(discovered({ default_config: fault.typed_config, type_urls: [faultType] }), tcpProxy),
      networkFilters(discovered({ default_config: rbac, type_urls: [rbac["@type"]] })),
      networkFilters(discovered({ default_config: tcpProxy.typed_config, type_urls: [tcpType] }), tcpProxy),
    ],
    taken: [networkFilters(discovered({ default_config: rbac, type_urls: [rbac["@type"]], ...atOnce }), tcpProxy)],
  },
  {
    about: "versions of PROXY protocol",
    place: "listener",
    refused: [disallowed("V1", "V2"), disallowed("V2", "V2", "V1")],
    taken: [disallowed("V1"), disallowed("V2", "V2")],
  },
  {
    about: "TCP proxies",
    place: "tcp",
    refused: [
      { backoff_options: { base_interval: "2s", max_interval: "1s" } },
      { access_log_options: {}, access_log_flush_interval: "2s" },
      { access_log_options: {}, flush_access_log_on_connected: true },
      { upstream_connect_mode: "ON_DOWNSTREAM_DATA" },
      { proxy_protocol_tlvs: [{ type: 5 }] },
      { proxy_protocol_tlvs: [{ type: 5, value: "AA==", format_string: { text_format: "a" } }] },
      { proxy_protocol_tlvs: [{ type: 5, format_string: { text_format_source: { inline_string: "%NOPE%" } } }] },
      { tunneling_config: { hostname: "%NOPE%" } },
      { tunneling_config: { hostname: "a", post_path: "/" } },
      ...badHeaders.map((option): Patch => ({ tunneling_config: { hostname: "a", headers_to_add: [option] } })),
    ],
    taken: [
      { backoff_options: { base_interval: "0.0015s", max_interval: "0.001s" } },
      { upstream_connect_mode: "ON_DOWNSTREAM_DATA", max_early_data_bytes: 0 },
      { proxy_protocol_tlvs: [{ type: 5, value: "AA==" }] },
      { tunneling_config: { hostname: "a", use_post: true, post_path: "/" } },
    ],
  },
];
