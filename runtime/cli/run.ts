import { diagnosticOf, openSession, type Session } from "../apply/index.ts";
import { createFollow, createWorkerBuilder, type Fallbacks, type Follow } from "../follow/index.ts";
import { type Kernel, keepOthersInBackground, openKernel, requireCapabilities, returnFreeMemory } from "../kernel/index.ts";
import { createLog, createNews, type Log, type Logger, type LogOutput, openLogOutput } from "../log/index.ts";
import type { Spill } from "../spill/index.ts";
import { systemClock, type XdsSource } from "../xds/index.ts";
import { watchCgroup } from "./cgroup-watch.ts";
import { daemonPorts } from "./daemon-ports.ts";
import { endOnFatal } from "./fatal.ts";
import { exit, UsageError } from "./main.ts";
import { watchLag } from "./metrics/lag.ts";
import { openResolver } from "./names.ts";
import { watchPins } from "./pin-watch.ts";
import { followProgramLog } from "./program-log.ts";
import { openFallbacks, openState, resume } from "./resume.ts";
import { serveDaemon } from "./serve.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { identityOf, type OpenSource, openSource } from "./source.ts";
import { openSpill } from "./spill.ts";
import { version } from "./version.ts";

/** `run --cgroup PATH [--xds ADDRESS | --snapshot FILE | --bootstrap FILE] ...`: until SIGTERM or SIGINT. */
export async function run(args: string[]): Promise<number> {
  const settings = settingsOf(args);
  const output = openLogOutput();
  const log = createLog({ level: settings.level, write: output.write });
  endOnFatal(log, output);
  try {
    const code = await runWith(settings, log, output);
    output.flush();
    // gRPC holds a connection open that the control plane said goodbye on (GOAWAY) without closing it, and that would hold the process.
    process.exit(code);
  } catch (error) {
    // Who collects the log reads lines of JSON; a person at a terminal is told in words, as by every command.
    if (process.stderr.isTTY || error instanceof UsageError) throw error;
    const { message, severity: _, ...fields } = diagnosticOf(error, "kmesh-daemon");
    log.logger("daemon").error(message, fields);
    return exit.rejected;
  } finally {
    output.flush();
  }
}

async function runWith(settings: Settings, log: Log, output: LogOutput): Promise<number> {
  const daemon = log.logger("daemon");
  // Told before anything is opened or waited for.
  requireCapabilities(["BPF", "NET_ADMIN", "PERFMON"]);
  const identity = identityOf(settings.words, version(), log.logger("xds"));
  const kernel = openKernel();
  // Endpoints are stored by this thread: as it is called before others are made, it means those of Node.js alone.
  keepOthersInBackground();
  const ports = daemonPorts(identity, settings.nameServers, process.env);
  const session = openSessionIn(kernel, settings, ports, daemon);
  const stop = stopSignal();
  /** Closed in the reverse order. */
  const parts: (() => void | Promise<void>)[] = [];
  try {
    const lastGood = openState(kernel, settings.state);
    let source: OpenSource | undefined;
    const fallbacks = openFallbacks(settings.state, log);
    const spill = openSpill(settings.state, (why) => source?.source.startOver(why), log);
    parts.push(spill.close);
    const follow = openFollow(session, settings, log, fallbacks, spill, () => source?.source);
    parts.push(() => follow.close());
    const reload = (): void => {
      daemon.info("SIGHUP: building and applying once more");
      follow.retry();
    };
    process.on("SIGHUP", reload);
    parts.push(() => void process.off("SIGHUP", reload));
    const { cgroup } = settings;
    parts.push(watchCgroup({ cgroup, isGone: session.cgroupGone, retry: follow.retry, log: daemon, timer: systemClock.timer }));
    parts.push(watchPins({ folder: settings.pin, isGone: session.unpinned, log: daemon, timer: systemClock.timer }));
    const lag = watchLag();
    parts.push(lag.stop);
    parts.push(
      await serveDaemon(settings, {
        kernel,
        follow,
        programLog: session.programLog,
        controlPlane: () => source?.status(),
        snapshot: () => source?.snapshot(),
        lag,
        log,
        droppedLines: output.dropped,
      }),
    );
    parts.push(followProgramLog(session.programLog, log, systemClock.timer));
    await resume(session, lastGood, settings.cgroup, log);
    source = await openSource(
      settings.words,
      identity,
      settings.limits,
      { onUpdate: (update) => follow.update(update), onSettled: () => follow.settled() },
      fallbacks.earlier,
      spill,
      log.logger("xds"),
    );
    const signal = await stop;
    if (session.unpinned()) daemon.error("stopping; what is applied ends, too, as its pins were removed", { signal });
    else daemon.info("stopping; what is applied goes on working", { signal });
    source.source.close();
    return exit.fine;
  } finally {
    for (const close of parts.reverse()) await close();
    await session.settle().catch((error: unknown) => daemon.warn("not everything was tidied up", { error }));
    session.close();
  }
}

function openFollow(
  session: Session,
  { state, nameServers, cgroup, debounceMs }: Settings,
  log: Log,
  fallbacks: Fallbacks,
  spill: Spill,
  source: () => XdsSource | undefined,
): Follow {
  const followLog = log.logger("follow");
  const news = createNews(() => systemClock.now());
  return createFollow({
    session,
    builder: (seed) =>
      createWorkerBuilder({
        state,
        seed,
        // Each generation tries again, and no other one helps.
        onPersistError(message) {
          if (news.isNews(state, message)) followLog.error("the bundle could not be persisted", { code: "KM6304", path: state, message });
        },
      }),
    resolver: openResolver(state, nameServers, log.logger("dns")),
    cgroup,
    clock: systemClock,
    debounceMs,
    fallbacks,
    settled: () => source()?.settled() ?? false,
    expects: (kind, name) => source()?.expects(kind, name) ?? true,
    startOver: (why) => source()?.startOver(why),
    returnMemory: returnFreeMemory,
    letGo: spill.settle,
    log: followLog,
  });
}

function openSessionIn(kernel: Kernel, { cgroup, pin, mount }: Settings, ports: readonly number[] | undefined, log: Logger): Session {
  // Told before anything waits for a control plane: a folder that is no cgroup, and what a seccomp profile forbids.
  const steered = kernel.openCgroup(cgroup);
  const own = kernel.ownCgroup();
  const isSteered = own === kernel.cgroupId(steered);
  kernel.close(steered);
  // Whoever else is in it could not be told apart from the daemon.
  if (isSteered)
    log.warn("the daemon runs in --cgroup itself, not below it or elsewhere: its own connections are steered, too", { cgroup });
  return openSession(kernel, pin, { mount, daemon: { cgroup: isSteered ? 0n : own, ...(ports && { ports }) } });
}

/** Resolves at the first signal; a second one ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}
