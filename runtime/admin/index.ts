/** The local HTTP server of the daemon. It decides nothing: it asks what it was given. */
export { type AdminAddress, parseAdminAddress, parseMetricsAddress } from "./address.ts";
export type { Admin } from "./http.ts";
export type { LevelControl } from "./loggers.ts";
export { type Metric, metricsText, type Sample } from "./prometheus.ts";
export { type AdminSource, serveAdmin, serveMetrics } from "./server.ts";
