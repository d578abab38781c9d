import type { Cluster } from "../decode/gen/types.ts";
import { messageIn } from "../decode/index.ts";
import { httpOptions } from "./protocol-options.ts";
import { refuse, type Scope } from "./scope.ts";

/** Refuses a dynamic forward proxy that would take any certificate: whom it connects to is up to its requests. */
export function checkForwardProxy(scope: Scope, cluster: Cluster, path: string): void {
  const config = messageIn(cluster.cluster_type?.typed_config, "envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig");
  if (!config || config.allow_insecure_cluster_options) return;
  const options = httpOptions(cluster);
  const { upstream_http_protocol_options: names } = options ?? cluster;
  // Without any HTTP options both are on.
  if (!options && !names) return;
  if (names?.auto_sni && names.auto_san_validation) return;
  const message = "upstream_http_protocol_options of a dynamic forward proxy lack auto_sni or auto_san_validation";
  refuse(scope, "KM2440", path, message, "set both, or allow_insecure_cluster_options");
}
