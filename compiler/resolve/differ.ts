import { align, goneFrom } from "../memo/index.ts";

/** Keys whose value is another one, or is in one of the two only. */
export function keysThatDiffer(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): Set<string> {
  const keys = new Set<string>();
  if (a === b) return keys;
  for (const key of a.keys()) if (!b.has(key)) keys.add(key);
  for (const [key, value] of b) if (a.get(key) !== value) keys.add(key);
  return keys;
}

/** Names of what is in one of two lists only, or is another object in them; of long lists that differ much, of some others, too. */
export function namesThatDiffer(a: readonly { readonly name: string }[], b: readonly { readonly name: string }[]): Set<string> {
  const names = new Set<string>();
  if (a === b) return names;
  const stretches = align(a, b);
  for (const [first, end] of goneFrom(a.length, stretches)) for (let at = first; at < end; at++) names.add(a[at]!.name);
  for (const { at, length, from } of stretches) if (from === -1) for (let i = at; i < at + length; i++) names.add(b[i]!.name);
  return names;
}
