import { type MetricSpec, metricSpecs } from "../../runtime/cli/metrics/declared.ts";
import { bucketBounds } from "../../runtime/follow/numbers.ts";
import { banner, table } from "./markdown.ts";

/** docs/metrics.md. */
export function metricsPage(): string {
  const rows = Object.entries(metricSpecs).map(([name, { type, help, labels = {}, watch = "" }]: [string, MetricSpec]) => {
    const named = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`);
    return [`\`${name}\``, type, named.join("; "), help, watch];
  });
  return `${banner("runtime/cli/metrics/declared.ts")}
# Metrics

Of the daemon itself, for Prometheus: \`:15020/status/metric\` (Kmesh's path) and \`/metrics\`, and \`/metrics\` on the admin address. Text, exposition
format 0.0.4. Counters count since the process started, but for \`kmesh_connections_total\`, which the kernel counts since the first apply.
Histograms have the bounds ${bucketBounds.map((bound) => bound / 1000).join(", ")} seconds. No label holds a name that a control plane
can choose, so the number of series is bounded.

${table(["metric", "type", "labels", "what", "watch"], rows)}
`;
}
