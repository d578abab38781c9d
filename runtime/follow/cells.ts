import type { Bundle } from "../../compiler/bundle/format.ts";
import type { XdsRawResource } from "../../compiler/decode/index.ts";
import type { CompiledRun } from "../../compiler/index.ts";
import type { ApplyReport, Session } from "../apply/index.ts";
import type { XdsClock } from "../xds/clock.ts";
import { createClusterRuns } from "./cluster-run.ts";
import { patchRuns } from "./patch.ts";
import type { Store } from "./store.ts";
import type { Change, Rejection } from "./types.ts";

/** The short way: endpoints of clusters that run, one cell each. */
export interface Cells {
  /** This generation runs now. Before the first, and while the kernel is `behind`, every change is structural. */
  run(images: Images): void;
  /** What runs, with the cells that were stored since; undefined before the first generation of this process. */
  bundle(): Bundle | undefined;
  /** Works out what each change of endpoints is, and stores what is a cell. */
  change(changes: readonly Change[]): CellChanges;
  /** Runs for images that were built without these endpoints. `left`: some can't be expressed so. */
  runsOf(late: readonly Change[], built: Images, clusterOf: (name: string) => XdsRawResource | undefined): LateRuns;
}

export interface CellsOptions {
  readonly session: Pick<Session, "applyRun">;
  readonly store: Store;
  readonly clock: Pick<XdsClock, "timer">;
  readonly behind: () => boolean;
}

export interface CellChanges {
  /** Taken, and on its way into the kernel. */
  readonly taken: readonly Change[];
  readonly applies: readonly Promise<ApplyReport>[];
  readonly rejected: readonly Rejection[];
  /** These need a generation. */
  readonly structural: readonly Change[];
}

export interface Images {
  readonly bundle: Bundle;
  /** As in Built. */
  readonly clusters: readonly string[];
  readonly assignments: readonly string[];
}

export interface LateRuns {
  /** By id of the cluster. */
  readonly runs: ReadonlyMap<number, CompiledRun>;
  readonly left: boolean;
}

interface Running extends Images {
  /** By name of endpoints: the clusters that use them. */
  readonly users: ReadonlyMap<string, readonly number[]>;
  /** Cells that were stored since. */
  readonly runs: Map<number, CompiledRun>;
}

type Judged =
  | { readonly kind: "cells"; readonly runs: ReadonlyMap<number, CompiledRun> }
  | { readonly kind: "structural" }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

const WARM_CLUSTERS = 32;

export function createCells({ session, store, clock, behind }: CellsOptions): Cells {
  const clusterRuns = createClusterRuns();
  let running: Running | undefined;

  function judge(change: Change): Judged {
    const users = running?.users.get(change.name);
    if (!running || behind() || !users || !change.resource) return { kind: "structural" };
    const before = store.get("endpoint", change.name);
    const runs = new Map<number, CompiledRun>();
    for (const id of users) {
      const cluster = store.get("cluster", running.clusters[id]!);
      if (!cluster) return { kind: "structural" };
      const made = clusterRuns.change(cluster, before, change.resource);
      if (made.kind === "rejected") {
        const { kind, name } = change;
        return { kind: "rejected", rejection: { kind, name, diagnostics: made.diagnostics } };
      }
      if (made.kind === "structural") return made;
      runs.set(id, made.run);
    }
    return { kind: "cells", runs };
  }

  /** The first decoding in this thread reads the protos, some 40 ms: before an endpoint changes, not then. */
  function warmUp(): void {
    const names = running?.clusters ?? [];
    for (const [id, name] of names.slice(0, WARM_CLUSTERS).entries()) {
      const cluster = store.get("cluster", name);
      const endpoints = store.get("endpoint", running!.assignments[id]!);
      if (cluster && endpoints) clusterRuns.change(cluster, endpoints, endpoints);
    }
  }

  return {
    run({ bundle, clusters, assignments }) {
      if (!running) clock.timer(0, warmUp);
      const users = running?.assignments === assignments ? running.users : usersOf(assignments);
      running = { bundle, clusters, assignments, users, runs: new Map() };
    },
    bundle: () => running && patchRuns(running.bundle, running.runs),
    change(changes) {
      const taken: Change[] = [];
      const applies: Promise<ApplyReport>[] = [];
      const rejected: Rejection[] = [];
      const structural: Change[] = [];
      for (const change of changes) {
        const judged = judge(change);
        if (judged.kind === "structural") structural.push(change);
        else if (judged.kind === "rejected") rejected.push(judged.rejection);
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
    runsOf(late, { clusters, assignments }, clusterOf) {
      const users = late.length > 0 ? usersOf(assignments) : new Map<string, readonly number[]>();
      const runs = new Map<number, CompiledRun>();
      let left = false;
      for (const { name, resource } of late) {
        for (const id of users.get(name) ?? []) {
          const cluster = clusterOf(clusters[id]!);
          const run = cluster && resource && clusterRuns.run(cluster, resource);
          if (run) runs.set(id, run);
          else left = true;
        }
      }
      return { runs, left };
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
