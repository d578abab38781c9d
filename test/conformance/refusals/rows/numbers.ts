import type { JsonObject } from "../../json-fields.ts";
import type { Patch, RefusalRow } from "../base.ts";

const prefix = "type.googleapis.com/envoy.extensions.load_balancing_policies";
const typed = (fields: JsonObject): Patch => ({
  load_balancing_policy: {
    policies: [{ typed_extension_config: { name: "p", typed_config: { "@type": `${prefix}.round_robin.v3.RoundRobin`, ...fields } } }],
  },
});
const zone = (value: string | number): JsonObject => ({ zone_aware_lb_config: { routing_enabled: { value } } });
const slow = (value: string | number): JsonObject => ({ slow_start_config: { slow_start_window: "1s", min_weight_percent: { value } } });
const share = { value: "NaN" };
const ratio = (ratio: string | number): Patch => ({ preconnect_policy: { per_upstream_preconnect_ratio: ratio } });

/** Of numbers that are none: no bound of the protos refuses them. */
export const numberRows: readonly RefusalRow[] = [
  {
    about: "percentages and ratios of clusters",
    place: "cluster",
    refused: [
      { common_lb_config: { healthy_panic_threshold: share } },
      { common_lb_config: zone("NaN") },
      { round_robin_lb_config: slow("NaN") },
      ...["Infinity", 3.5, 0.5].map(ratio),
    ],
    taken: [
      { circuit_breakers: { thresholds: [{ retry_budget: { budget_percent: share } }] } },
      typed({ locality_lb_config: zone(101), ...slow(-1) }),
      ratio("NaN"),
    ],
  },
  {
    about: "percentages of a connection manager",
    place: "hcm",
    refused: [{ drain_timeout_jitter: { value: 101 } }],
    taken: [{ drain_timeout_jitter: share }],
  },
];
