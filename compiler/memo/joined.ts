/** Lists that are handed to one call: arguments have a limit. */
const MOST = 4096;

/** What `flat` gives, in a small part of its time. */
export function joined<T>(lists: readonly (readonly T[])[]): T[] {
  let all: T[] = [];
  for (let at = 0; at < lists.length; at += MOST) all = all.concat(...lists.slice(at, at + MOST));
  return all;
}
