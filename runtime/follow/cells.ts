import type { Bundle } from "../../compiler/bundle/format.ts";
import type { XdsRawResource } from "../../compiler/decode/index.ts";
import type { CompiledRun } from "../../compiler/index.ts";
import type { ApplyReport, Session } from "../apply/index.ts";
import type { XdsClock } from "../xds/clock.ts";
import { createClusterRuns, type Learnt } from "./cluster-run.ts";
import { patchRuns } from "./patch.ts";
import type { Store } from "./store.ts";
import { type Built, type Input, keyOf, type Rejection } from "./types.ts";
import { type Users, usersOf } from "./users.ts";

/** The short way: endpoints of clusters that run, one cell each. They come from EDS, or as answers for host names. */
export interface Cells {
  /** This generation runs now. Before the first, and while the kernel is `behind`, every change is structural. */
  run(images: Images): void;
  /** Whether a generation of this process runs. */
  isRunning(): boolean;
  /** What runs, laid out anew with the cells that were stored since; undefined before the first generation of this process. */
  bundle(): Bundle | undefined;
  /** Whether more clusters learn of this than the short way is for: a generation is built by another thread. */
  isShared(kind: Input["kind"], name: string): boolean;
  /** Works out what each change of endpoints is, and stores what is a cell, as far as one turn of the loop is enough. */
  change<T extends Input>(changes: readonly T[]): CellChanges<T>;
  /** Runs for images that were built without these inputs. Takes a turn of the loop for every few clusters. */
  runsOf(late: readonly Input[], images: Images, clusterOf: (name: string) => XdsRawResource | undefined): Promise<LateRuns>;
}

export interface CellsOptions {
  readonly session: Pick<Session, "applyRun">;
  readonly store: Store;
  readonly clock: Pick<XdsClock, "timer">;
  readonly behind: () => boolean;
}

export interface CellChanges<T extends Input> {
  /** Taken, and on its way into the kernel. */
  readonly taken: readonly T[];
  readonly applies: readonly Promise<ApplyReport>[];
  readonly rejected: readonly Rejected<T>[];
  /** These need a generation. */
  readonly structural: readonly T[];
}

export interface Rejected<T extends Input> {
  readonly change: T;
  readonly diagnostics: Rejection["diagnostics"];
}

export type Images = Pick<Built, "bundle" | "clusters" | "assignments" | "hostnames">;

export interface LateRuns {
  /** By id of the cluster. */
  readonly runs: ReadonlyMap<number, CompiledRun>;
  /** What can't be expressed so. */
  readonly left: readonly Input[];
}

interface Running extends Images {
  readonly users: Users;
  /** Cells that were stored since. */
  readonly runs: Map<number, CompiledRun>;
}

type Judged =
  | { readonly kind: "cells"; readonly runs: ReadonlyMap<number, CompiledRun> }
  | { readonly kind: "structural" }
  | { readonly kind: "rejected"; readonly diagnostics: Rejection["diagnostics"] };

/** Together 800 changes: some 0.1 s of CPU, after which a change takes about a quarter less. */
const WARM_CLUSTERS = 8;
const WARM_TURNS = 100;

/** Clusters that are worked out in one turn of the loop, each some 0.2 ms: others want to be answered meanwhile. */
const CLUSTERS_A_TURN = 64;

export function createCells({ session, store, clock, behind }: CellsOptions): Cells {
  const clusterRuns = createClusterRuns();
  let running: Running | undefined;

  /** What a cluster learns, with inputs that the store does not have yet. */
  function learnt(images: Images, users: Users, id: number, inputs: ReadonlyMap<string, Input>): Learnt {
    const name = images.assignments[id] ?? "";
    const change = inputs.get(keyOf("endpoint", name));
    const answers = users.answersOf(id).flatMap((key) => {
      const answer = inputs.get(keyOf("answer", key));
      const addresses = answer?.kind === "answer" ? answer.addresses : store.answer(key);
      return addresses ? [[key, addresses] as const] : [];
    });
    return {
      endpoints: change && change.kind !== "answer" ? change.resource : store.get("endpoint", name),
      answers: new Map(answers),
    };
  }

  const userCount = (kind: Input["kind"], name: string): number => running?.users.idsOf(kind, name).length ?? 0;
  const nextTurn = (): Promise<void> => new Promise((resolve) => void clock.timer(0, resolve));

  function judge(change: Input): Judged {
    const ids = running?.users.idsOf(change.kind, change.name) ?? [];
    const gone = (change.kind === "answer" ? change.addresses : change.resource) === undefined;
    if (!running || behind() || ids.length === 0 || gone) return { kind: "structural" };
    const inputs = new Map([[keyOf(change.kind, change.name), change]]);
    const runs = new Map<number, CompiledRun>();
    for (const id of ids) {
      const cluster = store.get("cluster", running.clusters[id]!);
      if (!cluster) return { kind: "structural" };
      const before = learnt(running, running.users, id, new Map());
      const made = clusterRuns.change(cluster, before, learnt(running, running.users, id, inputs));
      if (made.kind !== "run") return made;
      runs.set(id, made.run);
    }
    return { kind: "cells", runs };
  }

  /**
   * The first decoding in this thread reads the protos, some 40 ms, and code that ran seldom is slow: before an endpoint changes, not then. In
   * turns of a few clusters, as a change that comes meanwhile waits for one.
   */
  function warmUp(turns: number): void {
    if (!running || turns === 0) return;
    const { clusters, assignments, users } = running;
    let left = WARM_CLUSTERS;
    for (let id = 0; id < clusters.length && left > 0; id++) {
      if (assignments[id] === "" && users.answersOf(id).length === 0) continue;
      const cluster = store.get("cluster", clusters[id]!);
      const now = learnt(running, users, id, new Map());
      if (cluster) clusterRuns.change(cluster, now, now);
      left--;
    }
    clock.timer(0, () => warmUp(turns - 1));
  }

  return {
    run(images) {
      if (!running) clock.timer(0, () => warmUp(WARM_TURNS));
      const { bundle, clusters, assignments, hostnames } = images;
      const same = running?.assignments === assignments && running.hostnames === hostnames;
      running = { bundle, clusters, assignments, hostnames, users: same ? running!.users : usersOf(images), runs: new Map() };
    },
    isShared: (kind, name) => userCount(kind, name) > CLUSTERS_A_TURN,
    isRunning: () => running !== undefined,
    bundle: () => running && patchRuns(running.bundle, running.runs),
    change<T extends Input>(changes: readonly T[]): CellChanges<T> {
      const taken: T[] = [];
      const applies: Promise<ApplyReport>[] = [];
      const rejected: Rejected<T>[] = [];
      const structural: T[] = [];
      let left = CLUSTERS_A_TURN;
      for (const change of changes) {
        left -= userCount(change.kind, change.name);
        const judged: Judged = left < 0 ? { kind: "structural" } : judge(change);
        if (judged.kind === "structural") structural.push(change);
        else if (judged.kind === "rejected") rejected.push({ change, diagnostics: judged.diagnostics });
        else {
          // Booked before the kernel has it: what follows in this turn of the loop must see it.
          store.put(change);
          taken.push(change);
          for (const [cluster, run] of judged.runs) {
            running!.runs.set(cluster, run);
            applies.push(session.applyRun({ cluster, ...run }));
          }
        }
      }
      return { taken, applies, rejected, structural };
    },
    async runsOf(late, images, clusterOf) {
      if (late.length === 0) return { runs: new Map(), left: [] };
      const users = usersOf(images);
      const inputs = new Map(late.map((input) => [keyOf(input.kind, input.name), input]));
      const runs = new Map<number, CompiledRun>();
      const without = new Set<number>();
      const ids = new Set(late.flatMap(({ kind, name }) => users.idsOf(kind, name)));
      let left = CLUSTERS_A_TURN;
      for (const id of ids) {
        if (left-- === 0) {
          await nextTurn();
          left = CLUSTERS_A_TURN - 1;
        }
        const cluster = clusterOf(images.clusters[id]!);
        const run = cluster && clusterRuns.run(cluster, learnt(images, users, id, inputs));
        if (run) runs.set(id, run);
        else without.add(id);
      }
      const unfit = [...inputs.values()].filter(({ kind, name }) => users.idsOf(kind, name).some((id) => without.has(id)));
      return { runs, left: unfit };
    },
  };
}
