/** What `flat` gives, in a small part of its time. */
export function joined<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const all = new Array<T>(lists.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const list of lists) for (let at = 0; at < list.length; at++) all[next++] = list[at]!;
  return all;
}
