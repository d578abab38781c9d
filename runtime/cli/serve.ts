import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type Admin, type AdminAddress, type AdminSource, type LevelControl, serveAdmin, serveMetrics } from "../admin/index.ts";
import { ApplyError } from "../apply/index.ts";
import type { Follow } from "../follow/index.ts";
import type { Kernel } from "../kernel/index.ts";
import type { Log } from "../log/index.ts";
import { dumpAccepted, dumpInThread, readNumbers, readStatus } from "../status/index.ts";
import type { XdsStatus } from "../xds/index.ts";
import { daemonStatus, whyNotReady } from "./daemon-status.ts";
import type { Lag } from "./metrics/lag.ts";
import { daemonMetrics } from "./metrics/values.ts";
import type { Settings } from "./settings.ts";
import type { SnapshotStatus } from "./source.ts";
import { buildInfo } from "./version.ts";

/** What the servers of a daemon show. */
export interface Shown {
  readonly kernel: Kernel;
  readonly follow: Follow;
  readonly programLog: LevelControl;
  /** Undefined with a snapshot, and before the source is opened. */
  readonly controlPlane: () => XdsStatus | undefined;
  /** Undefined with a control plane, and before the source is opened. */
  readonly snapshot: () => SnapshotStatus | undefined;
  readonly lag: Lag;
  readonly log: Log;
  /** Lines of the log that nobody read fast enough. */
  readonly droppedLines: () => number;
}

/** Starts the admin server and the one for metrics, or throws KM6303 and leaves none. */
export async function serveDaemon(settings: Settings, shown: Shown): Promise<() => Promise<void>> {
  const source = sourceOf(settings, shown);
  const servers: Admin[] = [];
  const close = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.close())));
  try {
    servers.push(await listening(settings.admin, serveAdmin(settings.admin, source)));
    if (settings.metrics) servers.push(await listening(settings.metrics, serveMetrics(settings.metrics, source)));
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

async function listening(address: AdminAddress, server: Promise<Admin>): Promise<Admin> {
  try {
    return await server;
  } catch (error) {
    const where = address.kind === "tcp" ? `${address.host}:${address.port}` : address.path;
    // Node tells EACCES of a folder that is absent.
    const absent = address.kind === "unix" && !existsSync(dirname(address.path));
    const message = absent ? `the folder ${dirname(address.path)} does not exist` : (error as Error).message;
    throw new ApplyError("KM6303", where, message, "choose another address with --admin or --metrics");
  }
}

function sourceOf(
  { pin: folder }: Settings,
  { kernel, follow, programLog, controlPlane, snapshot, lag, log, droppedLines }: Shown,
): AdminSource {
  const build = buildInfo();
  const published = (): boolean => follow.status().generation > 0;
  return {
    ready: () => whyNotReady(follow.status()) ?? true,
    version: () => build,
    status: () =>
      daemonStatus({
        version: build["gitVersion"]!,
        follow: follow.status(),
        controlPlane: controlPlane(),
        snapshot: snapshot(),
        kernel: () => (published() ? readStatus(kernel, folder) : undefined),
      }),
    acceptedDump: () => dumpAccepted(follow.status().generation, follow.accepted()),
    publishedDump: async () => (published() ? dumpInThread({ kind: "published-config", folder }) : undefined),
    async appliedTables() {
      const bundle = follow.bundle();
      if (!bundle) return undefined;
      const { manifest, names, tables } = bundle;
      return dumpInThread({ kind: "tables", of: { header: manifest.header, names, tables } });
    },
    publishedTables: async () => (published() ? dumpInThread({ kind: "published-tables", folder }) : undefined),
    metrics() {
      const status = follow.status();
      return daemonMetrics({
        build: { version: build["gitVersion"]!, commit: build["gitCommit"]!, node: process.version },
        ready: whyNotReady(status) === undefined,
        follow: status,
        xds: controlPlane(),
        kernel: () => (published() ? readNumbers(kernel, folder) : undefined),
        lag,
        droppedLines: droppedLines(),
      });
    },
    log,
    bpfLog: programLog,
  };
}
