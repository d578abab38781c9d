/** How much of what was asked for last is kept. */
export interface PerTextLimits {
  readonly texts: number;
  /** UTF-16 units of all of them together. */
  readonly units: number;
}

/**
 * `make`, once for each text that comes again and again. Texts come from outside, so only those that were asked for last are held: past a limit
 * the one that was not asked for longest is made anew. `make` knows nothing else, and what it gives is no larger than a few of its texts.
 */
export function perText<V>(limits: PerTextLimits, make: (text: string) => V): (text: string) => V {
  /** Asked for longest ago first. */
  const made = new Map<string, { readonly value: V }>();
  let units = 0;
  return (text) => {
    const entry = made.get(text) ?? { value: make(text) };
    if (made.delete(text)) units -= text.length;
    made.set(text, entry);
    units += text.length;
    for (const oldest of made.keys()) {
      if (made.size <= limits.texts && units <= limits.units) break;
      made.delete(oldest);
      units -= oldest.length;
    }
    return entry.value;
  };
}
