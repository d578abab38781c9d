import { honoured, message, note, noted, notedAndKept, notice, punt, rejected } from "./dsl.ts";
import { metadata, notInEnvoy, notProbed, statistics } from "./notices.ts";

/** envoy.config.endpoint.v3. */
export const endpointSupport = {
  "envoy.config.endpoint.v3.ClusterLoadAssignment": message(
    honoured("cluster_name", "endpoints", "policy"),
    noted(notInEnvoy, "named_endpoints"),
  ),
  "envoy.config.endpoint.v3.ClusterLoadAssignment.Policy": message(
    honoured("drop_overloads", "overprovisioning_factor", "weighted_priority_health"),
    note("KM1401", "is not kept: an assignment holds until the next one comes", "endpoint_stale_after"),
  ),
  "envoy.config.endpoint.v3.ClusterLoadAssignment.Policy.DropOverload": message(honoured("category", "drop_percentage")),

  "envoy.config.endpoint.v3.LocalityLbEndpoints": message(
    honoured("locality", "lb_endpoints", "load_balancing_weight", "priority"),
    punt(
      "KM1402",
      "endpoints from a discovery service of their own are not in the snapshot: the cluster is left to a proxy",
      "send the endpoints inside the assignment",
      "leds_cluster_locality_config",
    ),
    noted(notInEnvoy, "load_balancer_endpoints", "proximity"),
    noted(metadata, "metadata"),
  ),
  "envoy.config.endpoint.v3.LbEndpoint": message(
    honoured("endpoint", "health_status", "load_balancing_weight"),
    rejected(
      "KM1403",
      "is not implemented by Envoy, which refuses an endpoint without an address",
      "write the endpoint in place",
      "endpoint_name",
    ),
    note(
      "KM1404",
      "is not read: a cluster with subsets or transport sockets by endpoint is judged as a whole (see the cluster's own diagnostics)",
      "metadata",
    ),
  ),
  "envoy.config.endpoint.v3.Endpoint": message(
    honoured("address", "hostname"),
    notedAndKept(
      notice(
        "KM1405",
        "is not tried: an endpoint is connected to at one address, the first that Envoy tries (happy_eyeballs_config) and where a connection gets",
      ),
      "additional_addresses",
    ),
    notedAndKept(notProbed, "health_check_config"),
    noted(statistics, "observability_name"),
  ),
} as const;
