import type { Log } from "../log/index.ts";
import type { AdminAddress } from "./address.ts";
import { type Answer, JSON_TYPE, json, METRICS_TYPE, Refusal, text } from "./answer.ts";
import { type Admin, serveRoutes } from "./http.ts";
import { type LevelControl, loggers } from "./loggers.ts";
import { createProfiles } from "./profile.ts";
import { adminRoutes, helpText, metricsRoutes } from "./routes.ts";

/** What the server tells: each is asked when a request comes. A throw is answered with 500 and its message. */
export interface AdminSource {
  /** Whether what is in the kernel is a whole generation; otherwise why not. */
  ready(): true | string;
  version(): Readonly<Record<string, string>>;
  status(): unknown;
  /** JSON text: accepted resources, in Kmesh's form. */
  acceptedDump(): Promise<string>;
  /** The same of the kernel's tables; undefined while nothing is published. */
  publishedDump(): Promise<string | undefined>;
  /** The bundle that was applied last, in words and bytes; undefined before the first. */
  appliedTables(): Promise<string | undefined>;
  /** The same, read back from the kernel; undefined while nothing is published. */
  publishedTables(): Promise<string | undefined>;
  /** Prometheus text. */
  metrics(): string;
  readonly log: Log;
  /** Undefined: the programs write no log. */
  readonly bpfLog?: LevelControl;
}

/** The admin server. Errors of listening (the address is in use) reject. */
export function serveAdmin(address: AdminAddress, source: AdminSource): Promise<Admin> {
  const profiles = createProfiles();
  const dumps = {
    accepted: oneAtATime(() => source.acceptedDump()),
    published: oneAtATime(() => source.publishedDump()),
    appliedTables: oneAtATime(() => source.appliedTables()),
    publishedTables: oneAtATime(() => source.publishedTables()),
  };
  return serveRoutes(address, "local", adminRoutes, {
    help: () => text(200, helpText(adminRoutes)),
    live: () => text(200, "OK\n"),
    ready() {
      const state = source.ready();
      return state === true ? text(200, "OK\n") : text(503, `not ready: ${state}\n`);
    },
    version: () => json(200, source.version()),
    status: () => json(200, source.status()),
    loggers: (asked) => loggers(source.log, source.bpfLog, asked),
    acceptedDump: async () => text(200, await dumps.accepted(), JSON_TYPE),
    publishedDump: async () => text(200, existing(await dumps.published(), nothingPublished), JSON_TYPE),
    appliedTables: async () => text(200, existing(await dumps.appliedTables(), nothingApplied)),
    publishedTables: async () => text(200, existing(await dumps.publishedTables(), nothingPublished)),
    metrics: () => metricsAnswer(source.metrics),
    cpuProfile: ({ query }) => profiles.cpu(query.get("seconds")),
    heapSnapshot: () => profiles.heap(),
  });
}

/** Numbers (`/status/metric`, as Kmesh has it on port 15020, and `/metrics`), and whether the daemon lives and is ready: nothing of the mesh. */
export function serveMetrics(address: AdminAddress, source: Pick<AdminSource, "metrics" | "ready">): Promise<Admin> {
  const answer = (): Answer => metricsAnswer(source.metrics);
  return serveRoutes(address, "anyone", metricsRoutes, {
    live: () => text(200, "OK\n"),
    ready: () => (source.ready() === true ? text(200, "OK\n") : text(503, "not ready\n")),
    status: answer,
    metrics: answer,
  });
}

function metricsAnswer(metrics: () => string): Answer {
  return text(200, metrics(), METRICS_TYPE);
}

const nothingPublished = ["nothing is published yet", "/debug/status says what the daemon waits for"] as const;
const nothingApplied = ["this process has applied nothing yet", "/debug/config_dump/bpf shows what runs"] as const;

function existing(found: string | undefined, [message, hint]: readonly [string, string]): string {
  if (found === undefined) throw new Refusal(503, message, hint);
  return found;
}

/** A dump of a large mesh is many megabytes: who asks meanwhile gets the same one. */
function oneAtATime<T>(make: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= make().finally(() => {
      running = undefined;
    });
    return running;
  };
}
