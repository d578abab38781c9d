import { collectGarbage } from "../heap/index.ts";

/** From so many changes on it is worth the pause: in a thread's first build, which leaves the most behind, and in later ones. */
const MANY_CHANGES = { first: 100, later: 1000 };

/**
 * To be told of each build's changes when it is over: collects this thread's garbage behind large ones. Whether it does.
 *
 * @param before what makes more of it, and never rejects
 */
export function createCollector(before: () => Promise<void> = () => Promise.resolve()): (changes: number) => boolean {
  let many = MANY_CHANGES.first;
  return (changes) => {
    const isLarge = changes >= many;
    if (isLarge) void before().then(collectGarbage);
    many = MANY_CHANGES.later;
    return isLarge;
  };
}
