import type { Cluster } from "../../compiler/decode/gen/types.ts";
import type { XdsResource } from "../../compiler/decode/index.ts";

/** The name of the ClusterLoadAssignment that a cluster asks EDS for, or empty. */
export function edsNameOf(cluster: XdsResource | undefined): string {
  if (!cluster) return "";
  const { type, cluster_type: custom, eds_cluster_config: eds } = cluster.message as Cluster;
  if (type !== "EDS" && custom?.name !== "envoy.cluster.eds") return "";
  return eds?.service_name || cluster.name;
}
