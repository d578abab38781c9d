/** The local HTTP server of the daemon. It decides nothing: it asks what it was given. */
export { type AdminAddress, parseAdminAddress, parseMetricsAddress } from "./address.ts";
export { type Metric, metricsText, type Sample } from "./prometheus.ts";
export { type Admin, type AdminSource, serveAdmin, serveMetrics } from "./server.ts";
