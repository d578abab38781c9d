import type { Bundle } from "../../compiler/bundle/format.ts";
import type { XdsKind, XdsRawResource } from "../../compiler/decode/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Session } from "../apply/index.ts";
import type { Resolver, ResolverStatus } from "../dns/index.ts";
import type { Logger } from "../log/index.ts";
import type { XdsClock } from "../xds/clock.ts";
import type { XdsUpdate, XdsVerdict } from "../xds/types.ts";
import { createAccount } from "./account.ts";
import { verdictOf } from "./batch.ts";
import { type CellChanges, createCells } from "./cells.ts";
import { applyProblem } from "./failure.ts";
import type { Fallbacks } from "./fallbacks.ts";
import { createGenerations } from "./generations.ts";
import { createHostnames } from "./hostnames.ts";
import { type Numbers, newNumbers, took } from "./numbers.ts";
import { createRecovery } from "./recovery.ts";
import { changesOf, createStore } from "./store.ts";
import { type Builder, type Change, type Input, keyOf } from "./types.ts";
import { createUnbuilt } from "./unbuilt.ts";

export interface FollowOptions {
  readonly session: Session;
  /** Gets everything accepted so far from `seed`. */
  readonly builder: (seed: () => readonly Input[]) => Builder;
  /** Tells of keys with other answers by `onChange`. */
  readonly resolver: (onChange: (key: string) => void) => Resolver;
  readonly fallbacks: Fallbacks;
  readonly cgroup: string;
  readonly clock: Pick<XdsClock, "now" | "timer">;
  /** How long a structural change waits for others, milliseconds. Default 10. */
  readonly debounceMs?: number;
  /** False while names are asked for that were not answered: a generation would lack them. */
  readonly settled: () => boolean;
  /** XdsSource.expects. */
  readonly expects: (kind: XdsKind, name: string) => boolean;
  /** XdsSource.startOver. */
  readonly startOver: (why: string) => void;
  /** Gives the system back what was freed: asked for a while behind changes that leave much of it. Default: nobody does. */
  readonly returnMemory?: () => void;
  /** Resolves when what is accepted takes no memory that it need not take. Default: it takes none. */
  readonly letGo?: (() => Promise<void>) | undefined;
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
  readonly hostnames: ResolverStatus;
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
  /** What is accepted, as it came. */
  accepted(): readonly XdsRawResource[];
  status(): FollowStatus;
  /** Finishes what is under way; what waits stays undone. */
  close(): Promise<void>;
}

/** More clusters than this in one update are built as one generation. */
const MAX_CELLS = 64;

export function createFollow(options: FollowOptions): Follow {
  const { session, clock, log, fallbacks, debounceMs = 10 } = options;
  const store = createStore();
  const builder = options.builder(() => store.all());
  const numbers = newNumbers();
  const account = createAccount(numbers, log, store, clock);
  const recovery = createRecovery({ clock, log, numbers, retry: () => generations.rebuild() });
  const unbuilt = createUnbuilt();
  const resolver = options.resolver((key) => void answered(key));
  const hostnames = createHostnames(resolver, store);
  const cells = createCells({ session, store, clock, behind: recovery.behind });
  const generations = createGenerations({ ...options, debounceMs, builder, store, cells, unbuilt, hostnames, recovery, account, numbers });

  async function updateEndpoints({ receivedAt }: XdsUpdate, changes: readonly Change[]): Promise<XdsVerdict> {
    // Else cells are stored before this gives its promise.
    while (generations.writing()) await generations.writing();
    if (changes.length > MAX_CELLS) return generations.enqueue({ receivedAt, changes, rejected: [] });
    const known: Change[] = [];
    const unjudged: Change[] = [];
    for (const change of changes) (fallbacks.isForBuild(keyOf(change.kind, change.name)) ? unjudged : known).push(change);
    const { stored, structural, rejected: refused } = takeCells(known, receivedAt);
    const rejected = refused.map(({ change: { kind, name }, diagnostics }) => ({ kind, name, diagnostics }));
    account.rejected(rejected);
    fallbacks.rejected(rejected.map(({ kind, name }) => store.get(kind, name)));
    const long = [...structural, ...unjudged];
    const rest = long.length > 0 ? generations.enqueue({ receivedAt, changes: long, rejected }) : verdictOf(rejected);
    await stored;
    return rest;
  }

  /** Answers that are no cell now come with the generation that they are for. */
  async function answered(key: string): Promise<void> {
    const since = clock.now();
    while (generations.writing()) await generations.writing();
    const addresses = resolver.answer(key);
    const before = store.answer(key);
    if (!addresses || addresses === before) return;
    if (cells.isShared("answer", key)) {
      generations.rebuild();
      return;
    }
    const { stored, rejected } = takeCells([{ kind: "answer", name: key, addresses } as const], since);
    for (const { diagnostics } of rejected) {
      log.error("addresses of host names do not fit; the last good ones stay", { names: [key], diagnostics });
    }
    await stored;
    // What is persisted is what was built: a cluster without endpoints, where this is the first answer.
    if (!before && store.answer(key)) generations.rebuild();
  }

  /** `stored` resolves when the kernel has what could be taken. */
  function takeCells<T extends Input>(
    changes: readonly T[],
    since: number,
  ): Omit<CellChanges<T>, "taken" | "applies"> & { stored: Promise<void> } {
    const { taken, applies, ...left } = cells.change(changes);
    for (const change of taken) {
      unbuilt.add(change);
      if (change.kind === "answer") continue;
      fallbacks.accepted(change);
      account.accepted(change);
    }
    generations.drop(taken.map(({ kind, name }) => keyOf(kind, name)));
    const stored = Promise.all(applies).then(
      (reports) => {
        for (const report of reports) account.applied(report);
        if (reports.length > 0) took(numbers.visible.cell, clock.now() - since);
      },
      // The store has it, the kernel may not.
      (error: unknown) => recovery.failed("one cluster's endpoints could not be stored", applyProblem(error, "cells"), true),
    );
    return { ...left, stored };
  }

  return {
    async update(update) {
      const changes = changesOf(update);
      fallbacks.come(update);
      if (update.refused) fallbacks.rejected(update.refused.map((name) => store.get(update.kind, name)));
      if (changes.length === 0) return { kind: "accepted" };
      log.debug("update", { kind: update.kind, changed: update.changed.size, removed: update.removed.length, version: update.version });
      if (update.kind === "endpoint") return updateEndpoints(update, changes);
      return generations.enqueue({ receivedAt: update.receivedAt, changes, rejected: [] });
    },
    settled() {
      fallbacks.settled(options.expects);
      generations.settled();
    },
    retry: generations.rebuild,
    bundle: cells.bundle,
    accepted: () => store.all().flatMap((input) => (input.kind !== "answer" && input.resource ? [input.resource] : [])),
    status: () => ({
      generation: session.generation(),
      behind: recovery.behind(),
      building: generations.building(),
      resources: store.counts(),
      hostnames: resolver.status(),
      numbers,
      problem: recovery.problem(),
    }),
    async close() {
      recovery.close();
      await generations.close();
      fallbacks.close();
      resolver.close();
      await builder.close();
    },
  };
}
