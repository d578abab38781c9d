/** How much of what was asked for last is kept. */
export interface PerTextLimits {
  readonly texts: number;
  /** Units of 16 bits, as of texts, of all of them together. */
  readonly units: number;
}

/**
 * `make`, once for each text that comes again and again. Texts come from outside, so only those that were asked for last are held: past a limit
 * the one that was not asked for longest is made anew. `make` knows nothing else.
 * @param unitsOf what a value is counted as beside its text; default 0: it is no larger than a few of its texts
 */
export function perText<V>(limits: PerTextLimits, make: (text: string) => V, unitsOf: (value: V) => number = () => 0): (text: string) => V {
  /** Asked for longest ago first. */
  const made = new Map<string, { readonly value: V; readonly units: number }>();
  let units = 0;
  const enter = (value: V, text: string) => ({ value, units: text.length + unitsOf(value) });
  return (text) => {
    const entry = made.get(text) ?? enter(make(text), text);
    if (made.delete(text)) units -= entry.units;
    made.set(text, entry);
    units += entry.units;
    for (const [oldest, { units: its }] of made) {
      if (made.size <= limits.texts && units <= limits.units) break;
      made.delete(oldest);
      units -= its;
    }
    return entry.value;
  };
}
