import type { Bundle } from "../../compiler/bundle/format.ts";
import type { XdsKind } from "../../compiler/decode/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { CompiledRun } from "../../compiler/index.ts";
import type { ApplyReport, Session } from "../apply/index.ts";
import type { Logger } from "../log/index.ts";
import type { XdsClock } from "../xds/clock.ts";
import type { XdsUpdate, XdsVerdict } from "../xds/types.ts";
import { addToBatch, answer, type Batch, isPending, newBatch, rejectAll, verdictOf } from "./batch.ts";
import { createClusterRuns } from "./cluster-run.ts";
import { applyProblem, internal, isPermanent } from "./failure.ts";
import { type Numbers, newNumbers, took } from "./numbers.ts";
import { patchRuns } from "./patch.ts";
import { changesOf, createStore } from "./store.ts";
import { type Builder, type BuildResult, type Built, type Change, keyOf, type Rejection } from "./types.ts";

export interface FollowOptions {
  readonly session: Session;
  /** Gets everything accepted so far from `seed`. */
  readonly builder: (seed: () => readonly Change[]) => Builder;
  readonly cgroup: string;
  readonly clock: Pick<XdsClock, "now" | "timer">;
  /** How long a structural change waits for others, milliseconds. Default 10. */
  readonly debounceMs?: number;
  /** False while names are asked for that were not answered: a generation would lack them. */
  readonly settled: () => boolean;
  readonly log: Logger;
}

/** Where a follower is. */
export interface FollowStatus {
  /** 0: nothing is published. */
  readonly generation: number;
  /** Something was accepted that the kernel does not have yet, after a failure. */
  readonly behind: boolean;
  readonly building: boolean;
  readonly resources: Readonly<Record<XdsKind, number>>;
  readonly numbers: Numbers;
  /** The last failure, until an apply succeeds. */
  readonly problem: Diagnostic | undefined;
}

/** Makes the kernel follow the updates of a control plane: ARCHITECTURE.md, "Following". */
export interface Follow {
  /** For XdsEvents.onUpdate. Never rejects. */
  update(update: XdsUpdate): Promise<XdsVerdict>;
  /** For XdsEvents.onSettled. */
  settled(): void;
  /** Builds and applies what is accepted once more, now. */
  retry(): void;
  /** What runs, as a bundle; undefined before this process has applied one. */
  bundle(): Bundle | undefined;
  status(): FollowStatus;
  /** Finishes what is under way; what waits stays undone. */
  close(): Promise<void>;
}

/** More clusters than this in one update are built as one generation. */
const MAX_CELLS = 64;
const WARM_CLUSTERS = 32;
const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/** What this process put into the kernel. */
interface Running {
  readonly bundle: Bundle;
  readonly assignments: readonly string[];
  /** By name of endpoints: the clusters that use them. */
  readonly users: ReadonlyMap<string, readonly number[]>;
  /** Cells that were stored since. */
  readonly runs: Map<number, CompiledRun>;
}

export function createFollow(options: FollowOptions): Follow {
  const { session, cgroup, clock, debounceMs = 10, log } = options;
  const store = createStore();
  const builder = options.builder(() => store.all());
  const clusterRuns = createClusterRuns();
  const numbers = newNumbers();
  let pending = newBatch();
  let running: Running | undefined;
  let behind = false;
  let problem: Diagnostic | undefined;
  let failuresInARow = 0;
  let timer: (() => void) | undefined;
  let retryTimer: (() => void) | undefined;
  let closed = false;
  /** Of the build under way: ended, whatever came of it. */
  let work: Promise<void> | undefined;
  /** While a generation is written: cells wait, as their ids may change meaning. */
  let applying: Promise<void> | undefined;
  /** Endpoints that were stored as cells and that the builder was not told of. */
  let untold = new Map<string, Change>();
  /** The same of the time since the build under way began. */
  let late = new Map<string, Change>();

  // ---- endpoints: the short way

  interface CellStep {
    readonly cluster: number;
    readonly run: CompiledRun;
  }
  type Judged =
    | { readonly kind: "cells"; readonly steps: readonly CellStep[] }
    | { readonly kind: "structural" }
    | { readonly kind: "rejected"; readonly rejection: Rejection };

  function judge(change: Change): Judged {
    const users = running?.users.get(change.name);
    if (!running || behind || !users || !change.resource) return { kind: "structural" };
    const before = store.get("endpoint", change.name);
    const steps: CellStep[] = [];
    for (const id of users) {
      const cluster = store.get("cluster", running.bundle.names.clusters[id]!.name);
      if (!cluster) return { kind: "structural" };
      const made = clusterRuns.change(cluster, before, change.resource);
      if (made.kind === "rejected") {
        const { kind, name } = change;
        return { kind: "rejected", rejection: { kind, name, diagnostics: made.diagnostics } };
      }
      if (made.kind === "structural") return made;
      steps.push({ cluster: id, run: made.run });
    }
    return { kind: "cells", steps };
  }

  async function updateEndpoints(update: XdsUpdate, changes: readonly Change[]): Promise<XdsVerdict> {
    while (applying) await applying;
    if (changes.length > MAX_CELLS) return enqueue(update, changes, []);
    const rejected: Rejection[] = [];
    const structural: Change[] = [];
    const applies: Promise<ApplyReport>[] = [];
    for (const change of changes) {
      const judged = judge(change);
      if (judged.kind === "structural") structural.push(change);
      else if (judged.kind === "rejected") rejected.push(judged.rejection);
      else {
        const key = keyOf(change.kind, change.name);
        // Booked before the store itself: what follows in this turn of the loop must see it.
        store.put(change);
        untold.set(key, change);
        late.set(key, change);
        pending.changes.delete(key);
        for (const { cluster, run } of judged.steps) {
          running!.runs.set(cluster, run);
          applies.push(session.applyRun({ cluster, ...run }));
        }
      }
    }
    count(rejected);
    const rest = structural.length > 0 ? enqueue(update, structural, rejected) : Promise.resolve(verdictOf(rejected));
    try {
      for (const report of await Promise.all(applies)) booked(report);
      if (applies.length > 0) took(numbers.visible.cell, clock.now() - update.receivedAt);
    } catch (error) {
      // The store has it, the kernel may not.
      behind = true;
      failed("one cluster's endpoints could not be stored", applyProblem(error, "cells"));
    }
    return rest;
  }

  /** The first decoding in this thread reads the protos, some 40 ms: before an endpoint changes, not then. */
  function warmUp(): void {
    const names = running?.bundle.names.clusters ?? [];
    for (const [id, { name }] of names.slice(0, WARM_CLUSTERS).entries()) {
      const cluster = store.get("cluster", name);
      const endpoints = store.get("endpoint", running!.assignments[id]!);
      if (cluster && endpoints) clusterRuns.change(cluster, endpoints, endpoints);
    }
  }

  // ---- everything else: generations

  function enqueue(update: XdsUpdate, changes: readonly Change[], rejected: readonly Rejection[]): Promise<XdsVerdict> {
    return new Promise((resolve) => {
      addToBatch(pending, { receivedAt: update.receivedAt, changes, rejected, resolve }, clock.now());
      schedule();
    });
  }

  function schedule(): void {
    if (closed || work || timer || !isPending(pending)) return;
    const left = Math.max(0, pending.since + debounceMs - clock.now());
    timer = clock.timer(left, () => {
      timer = undefined;
      // Else `settled` comes.
      if (options.settled()) start();
    });
  }

  function start(): void {
    if (closed || work) return;
    timer?.();
    timer = undefined;
    retryTimer?.();
    retryTimer = undefined;
    const batch = pending;
    pending = newBatch();
    const known = [...untold.values()];
    untold = new Map();
    late = new Map();
    work = generation(batch, known).then(() => {
      work = undefined;
      schedule();
    });
  }

  async function generation(batch: Batch, known: readonly Change[]): Promise<void> {
    const began = clock.now();
    let result: BuildResult;
    try {
      result = await builder.build({ known, changes: [...batch.changes.values()] });
    } catch (error) {
      // A builder that starts anew is told everything; one that goes on knows them.
      const diagnostic = internal(error, "build");
      failed("the mesh could not be compiled; the changes were rejected", diagnostic);
      rejectAll(batch, [diagnostic]);
      return;
    }
    took(numbers.build, clock.now() - began);
    if (result.kind === "rejected") {
      failed("the changes do not fit and were rejected as a whole", result.diagnostics[0], { diagnostics: result.diagnostics });
      rejectAll(batch, result.diagnostics);
      return;
    }
    const applied = apply(batch, result);
    applying = applied;
    await applied;
    applying = undefined;
  }

  async function apply(batch: Batch, built: Built): Promise<void> {
    const began = clock.now();
    const users = usersOf(built.assignments);
    const { runs, left } = lateRuns(batch, built, users);
    const bundle = patchRuns(built.bundle, runs);
    let report: ApplyReport | undefined;
    try {
      report = await session.apply(bundle, cgroup);
    } catch (error) {
      const diagnostic = applyProblem(error, "apply");
      const permanent = isPermanent(error);
      behind ||= !permanent;
      failed("the kernel did not take the generation; the one before runs on", diagnostic, { permanent });
      if (permanent) {
        builder.settle(false);
        rejectAll(batch, [diagnostic]);
        return;
      }
    }
    builder.settle(true);
    numbers.shapes[built.newShape ? "new" : "known"]++;
    numbers.severities = built.severities;
    count(built.rejected);
    merge(batch, built.rejected);
    if (report) {
      if (!running) clock.timer(0, warmUp);
      running = { bundle, assignments: built.assignments, users, runs: new Map() };
      behind = false;
      problem = undefined;
      failuresInARow = 0;
      booked(report);
      const now = clock.now();
      for (const { receivedAt } of batch.updates) took(numbers.visible.generation, now - receivedAt);
      log.info("applied", {
        kind: report.kind,
        generation: report.generation,
        resources: batch.changes.size,
        rejected: built.rejected.length,
        build: built.timing,
        applyMs: now - began,
      });
    }
    answer(batch, built.rejected);
    // Endpoints that came meanwhile and are more than a run in the new generation: the builder knows them at the next build.
    if (left) rebuild();
  }

  /** What was stored as cells while the generation was built goes into it. `left`: something could not be expressed so. */
  function lateRuns(
    batch: Batch,
    built: Built,
    users: ReadonlyMap<string, readonly number[]>,
  ): { readonly runs: ReadonlyMap<number, CompiledRun>; readonly left: boolean } {
    const runs = new Map<number, CompiledRun>();
    const rejected = new Set(built.rejected.map(({ kind, name }) => keyOf(kind, name)));
    let left = false;
    for (const change of late.values()) {
      for (const id of users.get(change.name) ?? []) {
        const { name } = built.bundle.names.clusters[id]!;
        const key = keyOf("cluster", name);
        const cluster = (rejected.has(key) ? undefined : batch.changes.get(key)?.resource) ?? store.get("cluster", name);
        const run = cluster && change.resource && clusterRuns.run(cluster, change.resource);
        if (run) runs.set(id, run);
        else left = true;
      }
    }
    return { runs, left };
  }

  function merge(batch: Batch, rejected: readonly Rejection[]): void {
    const left = new Set(rejected.map(({ kind, name }) => keyOf(kind, name)));
    for (const [key, change] of batch.changes) if (!left.has(key) && !late.has(key)) store.put(change);
  }

  /** One more generation of what is accepted. */
  function rebuild(): void {
    addToBatch(pending, { receivedAt: clock.now(), changes: [], rejected: [], resolve: () => undefined }, clock.now());
    schedule();
  }

  // ---- failures and numbers

  function failed(message: string, diagnostic: Diagnostic | undefined, fields: Readonly<Record<string, unknown>> = {}): void {
    problem = diagnostic;
    numbers.failures++;
    log.error(message, { problem, behind, ...fields });
    if (!behind || retryTimer || closed) return;
    retryTimer = clock.timer(Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** failuresInARow), () => {
      retryTimer = undefined;
      rebuild();
    });
    failuresInARow++;
  }

  function booked(report: ApplyReport): void {
    const { plan, load, publish, attach } = report.timing;
    took(numbers.applied[report.kind], plan + load + publish + attach);
    for (const leftover of report.leftovers) log.warn("not tidied up", { leftover });
  }

  function count(rejected: readonly Rejection[]): void {
    for (const { kind, name, diagnostics } of rejected) {
      numbers.rejected[kind]++;
      log.warn("rejected; the last good version stays", { kind, name, diagnostics });
    }
  }

  return {
    async update(update) {
      const changes = changesOf(update);
      log.debug("update", { kind: update.kind, changed: update.changed.size, removed: update.removed.length, version: update.version });
      if (update.kind === "endpoint") return updateEndpoints(update, changes);
      return enqueue(update, changes, []);
    },
    settled() {
      if (!timer && !work && isPending(pending)) schedule();
    },
    retry: rebuild,
    bundle: () => running && patchRuns(running.bundle, running.runs),
    status: () => ({
      generation: session.generation(),
      behind,
      building: work !== undefined,
      resources: store.counts(),
      numbers,
      problem,
    }),
    async close() {
      closed = true;
      timer?.();
      retryTimer?.();
      await work;
      await builder.close();
    },
  };
}

function usersOf(assignments: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const users = new Map<string, number[]>();
  for (const [id, name] of assignments.entries()) {
    if (name === "") continue;
    const list = users.get(name);
    if (list) list.push(id);
    else users.set(name, [id]);
  }
  return users;
}
