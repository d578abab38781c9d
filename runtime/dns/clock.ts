/** Time and chance, so that tests can choose both. */
export interface ResolverClock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls `run` once after `ms`; the result cancels it. */
  timer(ms: number, run: () => void): () => void;
  /** In [0, 1). */
  random(): number;
}
