import type { XdsKind } from "../../compiler/decode/index.ts";
import type { ApplyReport } from "../apply/index.ts";
import type { BuildTiming, Built } from "./types.ts";

/** What a follower counts, over its life. */
export interface Numbers {
  /** Applies by what they were. */
  readonly applied: Record<ApplyReport["kind"], Timed>;
  /** From the receipt of an update to its being in the kernel. */
  readonly visible: { readonly cell: Timed; readonly generation: Timed };
  readonly build: Timed;
  /** Milliseconds of all builds, by stage. */
  readonly stages: Record<keyof BuildTiming | "validate", number>;
  /** Since the compiling thread started. */
  objects: Built["objects"];
  /** Builds or applies that failed for a reason that is not the resources'. */
  failures: number;
  /** Resources that were rejected, by kind. */
  readonly rejected: Record<XdsKind, number>;
  readonly shapes: { new: number; known: number };
  /** Of the whole mesh as it was built last. */
  severities: Built["severities"];
}

/** Times in milliseconds. */
export interface Timed {
  count: number;
  sum: number;
  last: number;
  max: number;
  /** How many took at most as long as the bound of the same place in `bucketBounds`, and longer than the one before. */
  readonly buckets: number[];
}

/** Milliseconds: from the store of one cell to a first build with clang on a busy machine. */
export const bucketBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const;

export function newNumbers(): Numbers {
  return {
    applied: { unchanged: timed(), cell: timed(), generation: timed() },
    visible: { cell: timed(), generation: timed() },
    build: timed(),
    stages: { decode: 0, resolve: 0, tables: 0, programs: 0, validate: 0 },
    objects: { shipped: 0, memory: 0, disk: 0, compiled: 0 },
    failures: 0,
    rejected: { cluster: 0, endpoint: 0, listener: 0, route: 0 },
    shapes: { new: 0, known: 0 },
    severities: { punt: 0, note: 0 },
  };
}

/** Books what a build took, stage by stage but for its proof, and where its programs came from. */
export function bookBuild(numbers: Numbers, { timing, objects }: Pick<Built, "timing" | "objects">): void {
  for (const stage of Object.keys(timing) as (keyof BuildTiming)[]) numbers.stages[stage] += timing[stage];
  numbers.objects = objects;
}

export function took(timed: Timed, ms: number): void {
  timed.count++;
  timed.sum += ms;
  timed.last = ms;
  timed.max = Math.max(timed.max, ms);
  const bucket = bucketBounds.findIndex((bound) => ms <= bound);
  if (bucket >= 0) timed.buckets[bucket]!++;
}

function timed(): Timed {
  return { count: 0, sum: 0, last: 0, max: 0, buckets: bucketBounds.map(() => 0) };
}
