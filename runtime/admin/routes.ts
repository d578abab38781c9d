/**
 * Every path of the daemon, declared once: the server routes by these tables, `/help` prints them, and docs/admin.md is generated from
 * them. Paths and shapes are Kmesh's where Kmesh has them.
 */
export interface RouteSpec {
  readonly path: string;
  /** HEAD goes with GET. */
  readonly methods: readonly Method[];
  /** Names of the query, and what each means; any other name is refused. */
  readonly query?: Readonly<Record<string, string>>;
  /** What is sent with POST. */
  readonly body?: string;
  /** One sentence. */
  readonly about: string;
  /** Status codes beyond those that every path may give, and what is answered with each. */
  readonly answers: Readonly<Record<number, string>>;
}

export type Method = "GET" | "POST";

/** The local server. */
export const adminRoutes = {
  help: { path: "/help", methods: ["GET"], about: "This list.", answers: { 200: "text" } },
  live: {
    path: "/healthz",
    methods: ["GET"],
    about: "Liveness: the event loop answers. Also while a generation is compiled.",
    answers: { 200: "text: OK" },
  },
  ready: {
    path: "/debug/ready",
    methods: ["GET"],
    about:
      "Readiness: a whole generation is in the kernel. True after a take-over of what an earlier daemon left, also while the control plane is away.",
    answers: { 200: "text: OK", 503: "text: not ready, and why" },
  },
  version: {
    path: "/version",
    methods: ["GET"],
    about: "The daemon's build.",
    answers: { 200: "JSON: gitVersion, gitCommit, gitTreeState, nodeVersion, platform" },
  },
  status: {
    path: "/debug/status",
    methods: ["GET"],
    about: "What `kmeshctl status` shows: the generation, the control plane, resources, failures, the kernel's memory and counters.",
    answers: { 200: "JSON" },
  },
  loggers: {
    path: "/debug/loggers",
    methods: ["GET", "POST"],
    query: { name: "of one logger (GET)" },
    body: '{"name": NAME, "level": "error" | "warn" | "info" | "debug"}',
    about:
      "GET: all names, or the level of one. POST: sets a level until the daemon ends; `default` stands for all loggers, `bpf` for the programs' own log.",
    answers: { 200: "JSON: [NAME, ...], or {name, level}; of a POST {name, level}", 404: "JSON: no logger of this name" },
  },
  acceptedDump: {
    path: "/debug/config_dump/kernel-native",
    methods: ["GET"],
    about: "The accepted resources in Kmesh's form, from the daemon's memory.",
    answers: { 200: "JSON: {dynamicResources: {versionInfo, listenerConfigs, routeConfigs, clusterConfigs}}" },
  },
  publishedDump: {
    path: "/debug/config_dump/bpf/kernel-native",
    methods: ["GET"],
    about: "The same, read back from the kernel's tables. Routes are not in them under their own names, so there are none.",
    answers: { 200: "JSON: {dynamicResources: {versionInfo, listenerConfigs, clusterConfigs}}", 503: "JSON: nothing is published" },
  },
  appliedTables: {
    path: "/debug/config_dump",
    methods: ["GET"],
    about: "The tables that this process applied last, in words and bytes, as `kmesh-compile dump` prints them.",
    answers: { 200: "text", 503: "JSON: this process has applied nothing yet" },
  },
  publishedTables: {
    path: "/debug/config_dump/bpf",
    methods: ["GET"],
    about: "The same, read back from the kernel.",
    answers: { 200: "text", 503: "JSON: nothing is published" },
  },
  metrics: {
    path: "/metrics",
    methods: ["GET"],
    about: "Prometheus, as on the metrics port (docs/metrics.md).",
    answers: { 200: "text, exposition format 0.0.4" },
  },
  cpuProfile: {
    path: "/debug/pprof/profile",
    methods: ["GET"],
    query: { seconds: "1 to 30, default 10" },
    about: "A CPU profile of the main thread (.cpuprofile, for Chrome's developer tools or `npx speedscope`). One at a time.",
    answers: { 200: "JSON, after that time", 409: "JSON: another one is under way" },
  },
  heapSnapshot: {
    path: "/debug/pprof/heap",
    methods: ["GET"],
    about:
      "A snapshot of the heap (.heapsnapshot). It stops the daemon for as long as it takes (a second for each 100 MB or so), needs as much memory again, and holds everything that is in memory. One at a time.",
    answers: { 200: "JSON", 409: "JSON: another one is under way" },
  },
} as const satisfies Readonly<Record<string, RouteSpec>>;

export type AdminRoute = keyof typeof adminRoutes;

/** The server for scrapers and the kubelet, which come from elsewhere. */
export const metricsRoutes = {
  live: { path: "/healthz", methods: ["GET"], about: "Liveness, as on the admin server.", answers: { 200: "text: OK" } },
  ready: {
    path: "/debug/ready",
    methods: ["GET"],
    about: "Readiness, as on the admin server, without the reason.",
    answers: { 200: "text: OK", 503: "text: not ready" },
  },
  status: {
    path: "/status/metric",
    methods: ["GET"],
    about: "Prometheus, under Kmesh's path.",
    answers: { 200: "text, exposition format 0.0.4" },
  },
  metrics: {
    path: "/metrics",
    methods: ["GET"],
    about: "The same, under the usual path.",
    answers: { 200: "text, exposition format 0.0.4" },
  },
} as const satisfies Readonly<Record<string, RouteSpec>>;

/** Paths that Kmesh has and this daemon does not: 501, with the reason. */
export const absentRoutes: Readonly<Record<string, string>> = {
  "/debug/config_dump/dual-engine": "the dual-engine (workload) mode is not built yet; this daemon is kernel-native",
  "/debug/config_dump/bpf/dual-engine": "the dual-engine (workload) mode is not built yet; this daemon is kernel-native",
  "/authz": "authorization in the kernel is not built yet",
  "/accesslog": "access logs are not built yet",
  "/monitoring": "telemetry of connections is not built yet; the daemon's own numbers are at /metrics",
  "/workload_metrics": "telemetry of connections is not built yet; the daemon's own numbers are at /metrics",
  "/connection_metrics": "telemetry of connections is not built yet; the daemon's own numbers are at /metrics",
};

/** Status codes that every path may give. */
export const commonAnswers: Readonly<Record<number, string>> = {
  400: "an unknown or repeated query name, a value out of range, a body that is not what is told here",
  403: "asked under a name that is not local, or by a web page",
  404: "no such path",
  405: "no such method here; `Allow` names those there are",
  413: "a body of more than 4 KiB",
  415: "a body that is not JSON",
  500: "reading failed; the body says why",
  501: "a path of Kmesh that is not built yet",
};

/** The list that `/help` answers with. */
export function helpText(routes: Readonly<Record<string, RouteSpec>>): string {
  const rows = Object.values(routes).map(({ path, methods, query = {}, about }) => {
    const names = Object.keys(query).map((name) => `${name}=`);
    return [`${methods.join("|")} ${path}${names.length > 0 ? `?${names.join("&")}` : ""}`, about] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, about]) => `${left.padEnd(width)}  ${about}\n`).join("");
}
