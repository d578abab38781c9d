import { honoured, message, note, noted, punt, rejected } from "./dsl.ts";
import { notInEnvoy, otherSource, ownSocket, runtimeKeys } from "./notices.ts";

/** envoy.config.core.v3 and envoy.type.v3: what all resources are made of. */
export const coreSupport = {
  "envoy.config.core.v3.Address": message(honoured("socket_address", "pipe", "envoy_internal_address")),
  "envoy.config.core.v3.SocketAddress": message(
    honoured("protocol", "address", "port_value", "ipv4_compat", "named_port", "resolver_name"),
    rejected(
      "KM1341",
      "names a network namespace by a file of Envoy's machine; where connections are steered is told by the cgroup, not by the resource",
      "leave it out, or compile a snapshot for that namespace alone",
      "network_namespace_filepath",
    ),
  ),
  "envoy.config.core.v3.Pipe": message(honoured("path"), noted(ownSocket, "mode")),
  "envoy.config.core.v3.EnvoyInternalAddress": message(honoured("server_listener_name", "endpoint_id")),
  "envoy.config.core.v3.CidrRange": message(honoured("address_prefix", "prefix_len")),
  "envoy.config.core.v3.Locality": message(honoured("region", "zone", "sub_zone")),
  "envoy.config.core.v3.Metadata": message(honoured("filter_metadata", "typed_filter_metadata")),
  "envoy.config.core.v3.TransportSocket": message(honoured("name", "typed_config")),
  "envoy.config.core.v3.TypedExtensionConfig": message(honoured("name", "typed_config")),

  "envoy.config.core.v3.ConfigSource": message(
    honoured("ads", "self", "resource_api_version"),
    noted(otherSource, "path", "path_config_source", "api_config_source", "initial_fetch_timeout"),
    noted(notInEnvoy, "authorities"),
  ),
  "envoy.config.core.v3.AggregatedConfigSource": message(),
  "envoy.config.core.v3.SelfConfigSource": message(honoured("transport_api_version")),

  "envoy.config.core.v3.HeaderValueOption": message(honoured("header", "append", "append_action", "keep_empty_value")),
  "envoy.config.core.v3.HeaderValue": message(honoured("key", "value"), noted(notInEnvoy, "raw_value")),

  "envoy.config.core.v3.DataSource": message(
    honoured("inline_bytes", "inline_string"),
    punt(
      "KM1342",
      "is a file or variable of the proxy's machine, which the compiler can't read",
      "write the content itself, as inline_string or inline_bytes",
      "filename",
      "environment_variable",
    ),
    note("KM1343", "has no effect: files are not watched", "watched_directory"),
  ),

  "envoy.config.core.v3.RuntimeFractionalPercent": message(honoured("default_value"), noted(runtimeKeys, "runtime_key")),
  "envoy.type.v3.FractionalPercent": message(honoured("numerator", "denominator")),
  "envoy.type.v3.Percent": message(honoured("value")),
  "envoy.type.v3.Int32Range": message(honoured("start", "end")),
  "envoy.type.v3.Int64Range": message(honoured("start", "end")),
} as const;
