import { honoured, message, noted, punt, rejected } from "./dsl.ts";
import { connectTimeouts, metadata } from "./notices.ts";

/** envoy.config.listener.v3: filter chains, what they match, their network filters. */
export const filterChainSupport = {
  "envoy.config.listener.v3.FilterChain": message(
    honoured("name", "filter_chain_match", "filters", "transport_socket"),
    punt(
      "KM1325",
      "a PROXY protocol header names the addresses to decide by: the listener is left to a proxy",
      "leave it out where clients send no PROXY protocol header",
      "use_proxy_proto",
    ),
    noted(connectTimeouts, "transport_socket_connect_timeout"),
    noted(metadata, "metadata"),
  ),

  "envoy.config.listener.v3.FilterChainMatch": message(
    honoured(
      "destination_port",
      "prefix_ranges",
      "server_names",
      "transport_protocol",
      "application_protocols",
      "direct_source_prefix_ranges",
      "source_type",
      "source_prefix_ranges",
      "source_ports",
    ),
    rejected("KM1326", "is not implemented by Envoy, which refuses the listener", "use prefix_ranges", "address_suffix", "suffix_len"),
  ),

  "envoy.config.listener.v3.Filter": message(
    honoured("name", "typed_config"),
    punt(
      "KM1324",
      "a filter from a discovery service of its own is not in the snapshot: what it filters is left to a proxy",
      "send the filter's configuration as typed_config",
      "config_discovery",
    ),
  ),
} as const;
