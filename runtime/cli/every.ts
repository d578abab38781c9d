/** Calls `look` after each `ms`, until what it gives is called. */
export function every(ms: number, timer: (ms: number, run: () => void) => () => void, look: () => void): () => void {
  const next = (): void => {
    stop = timer(ms, next);
    look();
  };
  let stop = timer(ms, next);
  return () => stop();
}
