import type { AttachPoint } from "../kernel/index.ts";

/** What an apply did. */
export interface ApplyReport {
  /** `unchanged`: the kernel held it already (links may still have been attached). */
  readonly kind: "unchanged" | "cell" | "generation";
  readonly generation: number;
  /** Tables of which new images were written. */
  readonly tables: readonly string[];
  /** Programs that were loaded, with the instructions that the verifier processed. */
  readonly programs: readonly { readonly name: string; readonly processed: number }[];
  /** Points that got a link, or another program. */
  readonly attached: readonly AttachPoint[];
  /** Milliseconds: planning, loading and verifying programs, writing and publishing tables, attaching. */
  readonly timing: Timing;
  /** What could not be tidied up afterwards, in words; the apply itself is done. */
  readonly leftovers: readonly string[];
}

export interface Timing {
  readonly plan: number;
  readonly load: number;
  readonly publish: number;
  readonly attach: number;
}

/** Adds the time since the last lap to a part. */
export function startWatch(): { readonly timing: Timing; lap(part: keyof Timing): void } {
  const timing = { plan: 0, load: 0, publish: 0, attach: 0 };
  let last = performance.now();
  return {
    timing,
    lap(part) {
      const now = performance.now();
      timing[part] += now - last;
      last = now;
    },
  };
}
