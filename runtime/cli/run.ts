import { parseArgs } from "node:util";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import { dumpBundle } from "../../compiler/index.ts";
import { type Admin, type AdminAddress, parseAdminAddress, parseMetricsAddress, serveAdmin, serveMetrics } from "../admin/index.ts";
import { ApplyError, openSession, type Session } from "../apply/index.ts";
import { createFollow, createWorkerBuilder, type Follow, type LastGood, openLastGood } from "../follow/index.ts";
import { type Kernel, openKernel } from "../kernel/index.ts";
import { createLog, isLevel, type Level, type Log, levels } from "../log/index.ts";
import { dumpPublished } from "../status/dump.ts";
import { readStatus } from "../status/index.ts";
import { systemClock } from "../xds/index.ts";
import { watchLag } from "./lag.ts";
import { defaultPins, exit, UsageError } from "./main.ts";
import { daemonMetrics } from "./metrics.ts";
import { identityOf, type OpenSource, openSource, type SourceWords } from "./source.ts";
import { version } from "./version.ts";

interface Settings {
  readonly cgroup: string;
  readonly pin: string;
  readonly mount: boolean;
  readonly words: SourceWords;
  readonly debounceMs: number;
  readonly state: string;
  readonly admin: AdminAddress;
  readonly metrics: AdminAddress | undefined;
  readonly level: Level;
}

/** `run --cgroup PATH [--xds ADDRESS | --snapshot FILE | --bootstrap FILE] ...`: until SIGTERM or SIGINT. */
export async function run(args: string[]): Promise<number> {
  const settings = settingsOf(args);
  const log = createLog({ level: settings.level, write: (line) => process.stderr.write(line), time: () => new Date().toISOString() });
  const daemon = log.logger("daemon");
  const identity = identityOf(settings.words, version(), log.logger("xds"));
  const kernel = openKernel();
  const session = openSessionIn(kernel, settings);
  const stop = stopSignal();
  let opened: Opened | undefined;
  try {
    opened = await open(kernel, session, settings, log);
    const { follow } = opened;
    await resume(session, opened.lastGood, settings.cgroup, log);
    let source: OpenSource | undefined;
    const settled = (): boolean => source?.source.settled() ?? false;
    opened.connect({ settled, status: () => source?.status() });
    source = openSource(
      settings.words,
      identity,
      { onUpdate: (update) => follow.update(update), onSettled: () => follow.settled() },
      log.logger("xds"),
    );
    const reload = (): void => {
      daemon.info("SIGHUP: building and applying once more");
      follow.retry();
    };
    process.on("SIGHUP", reload);
    const signal = await stop;
    daemon.info("stopping; what is applied goes on working", { signal });
    process.off("SIGHUP", reload);
    source.source.close();
    return exit.fine;
  } finally {
    await opened?.close();
    await session.settle().catch((error: unknown) => daemon.warn("not everything was tidied up", { error }));
    session.close();
  }
}

/** The parts that need the session; closed in order. */
interface Opened {
  readonly follow: Follow;
  readonly lastGood: LastGood;
  /** Tells them of the source, which comes last. */
  connect(source: Pick<OpenSource, "status"> & { settled(): boolean }): void;
  close(): Promise<void>;
}

async function open(kernel: Kernel, session: Session, settings: Settings, log: Log): Promise<Opened> {
  let source: Parameters<Opened["connect"]>[0] | undefined;
  const lastGood = inStateFolder(settings.state, () => openLastGood(settings.state));
  const followLog = log.logger("follow");
  const follow = createFollow({
    session,
    builder: (seed) =>
      createWorkerBuilder({
        state: settings.state,
        seed,
        onPersistError: (message) => followLog.error("the bundle could not be persisted", { code: "KM6304", message }),
      }),
    cgroup: settings.cgroup,
    clock: systemClock,
    debounceMs: settings.debounceMs,
    settled: () => source?.settled() ?? false,
    log: followLog,
  });
  const lag = watchLag();
  const metrics = (): string =>
    daemonMetrics({
      follow: follow.status(),
      xds: source?.status(),
      kernel: session.generation() > 0 ? readStatus(kernel, settings.pin) : undefined,
      lag,
    });
  const servers: Admin[] = [];
  const serve = async (address: AdminAddress, server: Promise<Admin>): Promise<void> => {
    try {
      servers.push(await server);
    } catch (error) {
      const where = address.kind === "tcp" ? `${address.host}:${address.port}` : address.path;
      throw new ApplyError("KM6303", where, (error as Error).message, "choose another address with --admin or --metrics");
    }
  };
  const close = async (): Promise<void> => {
    await follow.close();
    lag.stop();
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    await serve(
      settings.admin,
      serveAdmin(settings.admin, {
        ready: () => (session.generation() > 0 ? true : "nothing has been applied yet"),
        version: () => ({ version: version(), node: process.version, platform: `${process.platform}/${process.arch}` }),
        configDump() {
          const bundle = follow.bundle();
          return bundle && dumpBundle(bundle);
        },
        kernelDump: () => dumpPublished(kernel, settings.pin),
        metrics,
        log,
      }),
    );
    if (settings.metrics) await serve(settings.metrics, serveMetrics(settings.metrics, metrics));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    follow,
    lastGood,
    connect(opened) {
      source = opened;
    },
    close,
  };
}

/** What an earlier daemon left: its generation is pinned, or (on a machine that was started anew) its bundle is on disk. */
async function resume(session: Session, lastGood: LastGood, cgroup: string, log: Log): Promise<void> {
  const daemon = log.logger("daemon");
  if (session.generation() > 0) {
    daemon.info("taking over what is pinned", { generation: session.generation() });
    return;
  }
  const { bundle, diagnostics } = lastGood.read();
  for (const diagnostic of diagnostics) daemon.warn("the persisted bundle can't be used", { diagnostic });
  if (!bundle) return;
  try {
    const { generation } = await session.apply(bundle, cgroup);
    daemon.info("applied the persisted bundle, until the control plane answers", { generation });
  } catch (error) {
    // It may be of another version, or its endpoints' kernel another one: the control plane will tell.
    daemon.warn("the persisted bundle could not be applied", { error });
  }
}

function openSessionIn(kernel: Kernel, { cgroup, pin, mount }: Settings): Session {
  // Told before anything waits for a control plane: a folder that is no cgroup, and rights that are missing.
  kernel.close(kernel.openCgroup(cgroup));
  kernel.close(kernel.createBlob("km_probe", new Uint8Array(8)));
  return openSession(kernel, pin, { mount });
}

function inStateFolder<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new ApplyError("KM6304", folder, (error as Error).message, "give a folder that can be written with --state");
  }
}

/** Resolves at the first signal; a second one ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}

function settingsOf(args: string[]): Settings {
  const { values } = parseArgs({
    args,
    options: {
      cgroup: { type: "string" },
      pin: { type: "string", default: defaultPins },
      mount: { type: "boolean", default: false },
      xds: { type: "string" },
      snapshot: { type: "string" },
      bootstrap: { type: "string" },
      "xds-mode": { type: "string", default: "sotw" },
      debounce: { type: "string", default: "10" },
      state: { type: "string", default: "/var/lib/kmesh" },
      admin: { type: "string", default: "127.0.0.1:15200" },
      metrics: { type: "string", default: ":15020" },
      "log-level": { type: "string", default: "info" },
    },
  });
  if (values.cgroup === undefined) throw new UsageError("run needs --cgroup PATH: whose connections are steered");
  const sources = [values.xds, values.snapshot, values.bootstrap].filter((each) => each !== undefined);
  if (sources.length > 1) throw new UsageError("give one of --xds, --snapshot and --bootstrap");
  const mode = values["xds-mode"];
  if (mode !== "sotw" && mode !== "delta") throw new UsageError(`--xds-mode is sotw or delta, not ${mode}`);
  const debounceMs = Number(values.debounce);
  if (!/^\d+$/.test(values.debounce) || debounceMs > 60_000) throw new UsageError("--debounce is milliseconds, from 0 to 60000");
  const level = values["log-level"];
  if (!isLevel(level)) throw new UsageError(`--log-level is one of ${levels.join(", ")}`);
  return {
    cgroup: values.cgroup,
    pin: values.pin,
    mount: values.mount,
    words:
      values.snapshot !== undefined
        ? { kind: "snapshot", file: values.snapshot }
        : values.bootstrap !== undefined
          ? { kind: "bootstrap", file: values.bootstrap, mode }
          : { kind: "xds", address: values.xds, mode },
    debounceMs,
    state: values.state,
    admin: accepted(parseAdminAddress(values.admin)),
    metrics: accepted(parseMetricsAddress(values.metrics)),
    level,
  };
}

function accepted<T extends object | undefined>(parsed: T | Diagnostic): T {
  if (parsed && "code" in parsed) throw new ApplyError(parsed.code, parsed.path, parsed.message, parsed.hint ?? "");
  return parsed as T;
}
