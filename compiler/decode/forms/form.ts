import type { Memory } from "../memory.ts";
import type { Reading } from "../reading.ts";
import type { Recording } from "./recording.ts";

/** Under what a message was read that is to be used again. */
export interface Circumstances {
  /** What fits at this depth fits above it. */
  readonly depth: number;
  readonly validates: boolean;
  readonly judges: boolean;
}

/** Whether what was read under `known` is what would be read now. */
export function holdsHere(known: Circumstances, now: Circumstances): boolean {
  return known.depth >= now.depth && known.validates === now.validates && known.judges === now.judges;
}

/** What holds for all messages of a form. */
export interface Form extends Circumstances {
  /** The bytes of the first one. */
  readonly memory: Memory;
}

/** Whether it pays to look for the forms of one plan's messages. */
export interface Trial {
  tries: number;
  hits: number;
  /** Looking does not pay, or is not possible. */
  isGivenUp: boolean;
}

/** Counts a try, unless it was given up: after `most` of them one in two must have been a hit. Those messages within them may still be looked up. */
export function isTried(trial: Trial, most: number): boolean {
  if (trial.isGivenUp) return false;
  trial.tries++;
  trial.isGivenUp = trial.tries > most && trial.hits * 2 < trial.tries;
  return true;
}

/** Whether a message may be the first of a form: its notes are all that was told of it since there were `reports`. */
export function isSample(trial: Trial, recording: Recording, reports: number, now: Reading): boolean {
  if (recording.isSpecial) trial.isGivenUp = true;
  return !recording.isSpecial && now.reports - reports === recording.notes.length;
}
