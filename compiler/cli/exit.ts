/** Exit codes of every binary. */
export const exit = {
  /** Done, nothing rejected. */
  fine: 0,
  /** A resource (or the whole input) was rejected; under --strict also a punt. */
  rejected: 1,
  /** Wrong arguments, or a file that can't be read or written. */
  usage: 2,
  /** A bug of ours, or two engines that disagree. */
  internal: 3,
} as const;

/** Wrong usage: printed as one line with a pointer to --help; exit 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Nothing of an input can be used: printed as one line; exit 1. */
export class RejectedError extends Error {
  override name = "RejectedError";
}
