import type { XdsKind } from "../../compiler/decode/index.ts";
import type { ApplyReport } from "../apply/index.ts";
import type { Built } from "./types.ts";

/** What a follower counts, over its life. */
export interface Numbers {
  /** Applies by what they were. */
  readonly applied: Record<ApplyReport["kind"], Timed>;
  /** From the receipt of an update to its being in the kernel. */
  readonly visible: { readonly cell: Timed; readonly generation: Timed };
  readonly build: Timed;
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
}

export function newNumbers(): Numbers {
  return {
    applied: { unchanged: timed(), cell: timed(), generation: timed() },
    visible: { cell: timed(), generation: timed() },
    build: timed(),
    failures: 0,
    rejected: { cluster: 0, endpoint: 0, listener: 0, route: 0 },
    shapes: { new: 0, known: 0 },
    severities: { error: 0, punt: 0, note: 0 },
  };
}

export function took(timed: Timed, ms: number): void {
  timed.count++;
  timed.sum += ms;
  timed.last = ms;
  timed.max = Math.max(timed.max, ms);
}

function timed(): Timed {
  return { count: 0, sum: 0, last: 0, max: 0 };
}
