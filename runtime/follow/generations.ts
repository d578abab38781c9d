import type { XdsKind, XdsRawResource } from "../../compiler/decode/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { ApplyReport, Session } from "../apply/index.ts";
import type { Logger } from "../log/index.ts";
import type { XdsClock } from "../xds/clock.ts";
import { defaultTimes } from "../xds/limits.ts";
import type { XdsVerdict } from "../xds/types.ts";
import type { Account } from "./account.ts";
import { addToBatch, answer, type Batch, isPending, newBatch, type OpenUpdate, rejectAll } from "./batch.ts";
import type { Cells, LateRuns } from "./cells.ts";
import { createCollector } from "./collector.ts";
import { applyProblem, internal, isPermanent } from "./failure.ts";
import type { Fallbacks } from "./fallbacks.ts";
import type { Hostnames } from "./hostnames.ts";
import { bookBuild, type Numbers, took } from "./numbers.ts";
import { patchRuns } from "./patch.ts";
import type { Recovery } from "./recovery.ts";
import type { Store } from "./store.ts";
import { type Answer, type Builder, type BuildResult, type Built, keyOf, type Rejection } from "./types.ts";
import type { Unbuilt } from "./unbuilt.ts";

/** The long way: changes are collected, built and applied as one generation; one is in flight. */
export interface Generations {
  /** Resolves when the generation with these changes has been decided. */
  enqueue(update: Omit<OpenUpdate, "resolve">): Promise<XdsVerdict>;
  /** Changes that wait and that newer ones of the short way replace. */
  drop(keys: readonly string[]): void;
  /** One more generation of what is accepted. */
  rebuild(): void;
  /** Names are no longer awaited. */
  settled(): void;
  /** While a generation is written: its ids may differ from those of the one before. */
  writing(): Promise<void> | undefined;
  building(): boolean;
  /** Finishes what is under way; what waits stays undone. */
  close(): Promise<void>;
}

export interface GenerationsOptions {
  readonly session: Pick<Session, "apply">;
  readonly builder: Builder;
  readonly cgroup: string;
  readonly clock: Pick<XdsClock, "now" | "timer">;
  readonly debounceMs: number;
  readonly settled: () => boolean;
  readonly expects: (kind: XdsKind, name: string) => boolean;
  readonly startOver: (why: string) => void;
  readonly returnMemory?: () => void;
  readonly letGo?: (() => Promise<void>) | undefined;
  readonly log: Logger;
  readonly store: Store;
  readonly cells: Cells;
  readonly unbuilt: Unbuilt;
  readonly hostnames: Hostnames;
  readonly fallbacks: Fallbacks;
  readonly recovery: Recovery;
  readonly account: Account;
  readonly numbers: Numbers;
}

/** What a build did not know. */
interface Late {
  readonly runs: LateRuns["runs"];
  /** Something could not be expressed as a run. */
  readonly left: boolean;
  readonly answers: readonly Answer[];
}

/** As long as a single name is waited for, at most. */
const MAX_WAIT_MS = defaultTimes.answerTimeoutMs;

/** Behind a large batch: then both threads have collected their garbage, and the compiling one has persisted what runs. */
const RETURN_MEMORY_AFTER_MS = 5000;

const noop = (): undefined => undefined;

export function createGenerations(options: GenerationsOptions): Generations {
  const { session, builder, cgroup, clock, debounceMs, log, store, cells, unbuilt, hostnames, fallbacks, recovery, account, numbers } =
    options;
  const collectBehind = createCollector(options.letGo);
  let pending = newBatch();
  let timer: (() => void) | undefined;
  /** Ends the wait for names. */
  let patience: (() => void) | undefined;
  let returning: (() => void) | undefined;
  let closed = false;
  /** Of the build under way: ended, whatever came of it. */
  let work: Promise<void> | undefined;
  let writing: Promise<void> | undefined;

  function schedule(): void {
    if (closed || work || timer || !isPending(pending)) return;
    const left = Math.max(0, pending.since + debounceMs - clock.now());
    timer = clock.timer(left, () => {
      timer = undefined;
      // Else `settled` comes.
      if (options.settled()) start();
      else patience ??= clock.timer(Math.max(0, pending.since + MAX_WAIT_MS - clock.now()), goOn);
    });
  }

  /** The names that the first of the changes waited for were given up by now; others may come again and again. A first generation is whole. */
  function goOn(): void {
    patience = undefined;
    if (cells.isRunning()) start();
  }

  function start(): void {
    if (closed || work) return;
    patience?.();
    patience = undefined;
    recovery.trying();
    const batch = pending;
    pending = newBatch();
    work = generation(batch).then(() => {
      work = undefined;
      schedule();
      // What it came as, and was on its way as.
      if (!collectBehind(batch.changes.size) || closed) return;
      returning?.();
      returning = clock.timer(RETURN_MEMORY_AFTER_MS, options.returnMemory ?? noop);
    });
  }

  async function generation(batch: Batch): Promise<void> {
    const began = clock.now();
    const told = fallbacks.forBuild();
    let result: BuildResult;
    try {
      result = await builder.build({ known: unbuilt.begin(), changes: [...batch.changes.values()], fallbacks: told });
    } catch (error) {
      // A builder that starts anew is told everything; one that goes on knows them.
      const diagnostic = internal(error, "build");
      recovery.failed("the mesh could not be compiled; the changes were rejected", diagnostic, false);
      rejectWhole(batch, [diagnostic]);
      return;
    }
    took(numbers.build, clock.now() - began);
    if (result.kind === "rejected") {
      const { diagnostics } = result;
      recovery.failed("the changes do not fit and were rejected as a whole", diagnostics[0], false, { diagnostics });
      rejectWhole(batch, diagnostics);
      return;
    }
    bookBuild(numbers, result);
    const proof = builder.prove();
    const isOver = proof.then(noop, noop);
    await hostnames.prepare(result);
    // Where nothing runs no cell waits: the first generation is written while it is proven.
    if (cells.isRunning()) await isOver;
    writing = apply(batch, result, told, proof);
    await writing;
    writing = undefined;
  }

  async function apply(batch: Batch, built: Built, told: readonly XdsRawResource[], proof: Promise<number>): Promise<void> {
    const began = clock.now();
    const { runs, left, answers } = await lateRuns(batch, built);
    const bundle = patchRuns(built.bundle, runs);
    let report: ApplyReport | undefined;
    try {
      report = await session.apply(bundle, cgroup, proof);
    } catch (error) {
      const unproven = await proof.then(noop, (reason: unknown) => internal(reason, "build"));
      if (unproven) {
        recovery.failed("the tables could not be proven; the changes were rejected", unproven, false);
        builder.settle(false);
        rejectWhole(batch, [unproven]);
        return;
      }
      const diagnostic = applyProblem(error, "apply");
      const permanent = isPermanent(error);
      recovery.failed("the kernel did not take the generation; the one before runs on", diagnostic, !permanent, { permanent });
      if (permanent) {
        builder.settle(false);
        rejectWhole(batch, [diagnostic]);
        return;
      }
    }
    const validate = await proof;
    numbers.stages.validate += validate;
    builder.settle(true);
    numbers.shapes[built.newShape ? "new" : "known"]++;
    numbers.severities = built.severities;
    merge(batch, built.rejected);
    for (const resource of fallbacks.built(told, built.unusable)) store.put({ kind: resource.kind, name: resource.name, resource });
    account.rejected(built.rejected);
    fallbacks.rejected(built.rejected.map(({ kind, name }) => store.get(kind, name)));
    answers.forEach(learn);
    if (report) {
      cells.run({ ...built, bundle });
      hostnames.run(built).forEach(learn);
      recovery.recovered();
      account.applied(report);
      const now = clock.now();
      for (const { receivedAt } of batch.updates) took(numbers.visible.generation, now - receivedAt);
      log.info("applied", {
        kind: report.kind,
        generation: report.generation,
        resources: batch.changes.size,
        rejected: built.rejected.length,
        build: { ...built.timing, validate },
        applyMs: now - began,
      });
    }
    answer(batch, built.rejected);
    // The builder knows them at the next build: endpoints that are more than a run in this generation, and answers, so that what is
    // persisted has them too.
    if (left || answers.length > 0) rebuild();
  }

  /** What was stored as cells while the generation was built goes into it, and so do answers for its new names, where they fit. */
  async function lateRuns(batch: Batch, built: Built): Promise<Late> {
    const rejected = new Set(built.rejected.map(({ kind, name }) => keyOf(kind, name)));
    const late = unbuilt.late();
    let answers = hostnames.fresh(built);
    for (;;) {
      const { runs, left } = await cells.runsOf([...late, ...answers], built, (name) => {
        const key = keyOf("cluster", name);
        return (rejected.has(key) ? undefined : batch.changes.get(key)?.resource) ?? store.get("cluster", name);
      });
      const fitting = answers.filter((answer) => !left.includes(answer));
      if (fitting.length === answers.length) return { runs, left: left.length > 0, answers };
      const names = answers.filter((answer) => left.includes(answer)).map(({ name }) => name);
      log.error("addresses of host names do not fit; the last good ones stay", { names });
      answers = fitting;
    }
  }

  function rejectWhole(batch: Batch, diagnostics: readonly Diagnostic[]): void {
    fallbacks.rejected([...batch.changes.values()].map(({ kind, name }) => store.get(kind, name)));
    rejectAll(batch, diagnostics);
    // Else the next part that comes by itself would be all there is, in the place of what an earlier process applied.
    if (!cells.isRunning()) options.startOver("nothing of its first state could be applied");
  }

  function merge(batch: Batch, rejected: readonly Rejection[]): void {
    const left = new Set(rejected.map(({ kind, name }) => keyOf(kind, name)));
    for (const [key, change] of batch.changes) {
      if (left.has(key) || unbuilt.isLate(key)) continue;
      store.put(change);
      fallbacks.accepted(change);
      account.accepted(change);
    }
  }

  function learn(answer: Answer): void {
    store.put(answer);
    unbuilt.add(answer);
  }

  function enqueue(update: Omit<OpenUpdate, "resolve">): Promise<XdsVerdict> {
    return new Promise((resolve) => {
      addToBatch(pending, { ...update, resolve }, clock.now());
      builder.prepare?.(update.changes);
      schedule();
    });
  }

  function rebuild(): void {
    void enqueue({ receivedAt: clock.now(), changes: [], rejected: [] });
  }

  return {
    enqueue,
    drop(keys) {
      for (const key of keys) pending.changes.delete(key);
    },
    rebuild,
    settled() {
      // A mesh without resources is one, too. A control plane that was not heard is none.
      const isEmpty = !isPending(pending) && !work && !options.expects("cluster", "") && !options.expects("listener", "");
      if (isEmpty && !cells.isRunning()) rebuild();
      else schedule();
    },
    writing: () => writing,
    building: () => work !== undefined,
    async close() {
      closed = true;
      timer?.();
      patience?.();
      returning?.();
      await work;
    },
  };
}
