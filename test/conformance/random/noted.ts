/** Fields that have no effect on a decision, but whose rules Envoy refuses a snapshot by: spoiled ones are asked about, see spoil.ts. */
import type { JsonObject } from "../json-fields.ts";
import type { Dice } from "./dice.ts";

/** Of a route that forwards. */
export function notedOfRoute(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.08, () => ({ timeout: dice.pick(["0s", "5s"]), idle_timeout: "60s" })),
    ...dice.maybe(0.08, () => ({
      retry_policy: {
        retry_on: "connect-failure",
        num_retries: dice.int(3),
        per_try_timeout: "2s",
        ...dice.maybe(0.5, () => ({ retry_back_off: { base_interval: "0.025s", max_interval: "0.25s" } })),
      },
    })),
    ...dice.maybe(0.05, () => ({
      hash_policy: [
        { header: { header_name: "x-a" } },
        { cookie: { name: "s", ttl: "60s" } },
        { connection_properties: { source_ip: true } },
      ],
    })),
    ...dice.maybe(0.05, () => ({ request_mirror_policies: [{ cluster: "c4", runtime_fraction: { default_value: { numerator: 0 } } }] })),
  };
}

/** Of a cluster. */
export function notedOfCluster(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.2, () => ({
      circuit_breakers: {
        thresholds: [{ max_connections: 10_000, max_pending_requests: 10_000, max_requests: 10_000, max_connection_pools: 100 }],
      },
    })),
    ...dice.maybe(0.2, () => ({ outlier_detection: { interval: "60s", max_ejection_percent: 0, consecutive_5xx: 1000 } })),
  };
}
