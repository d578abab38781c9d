/**
 * Results of the run before, by the place in the pipeline that makes them: `make` again only when an input is another one than last time
 * (by `===`, element by element). Holds one result a place, so it is bounded to what the last run made. A place has one caller: the names of
 * places are the compiler's where it is handed one, and who keeps more than that makes a Last of his own.
 *
 * `make` may know its inputs and constants only. It has nothing to say where it makes something; where it fails, it says why and gives
 * undefined, which is not kept, so that it is said again.
 */
export type Last = <I extends readonly unknown[], T>(place: string, inputs: I, make: (inputs: I) => T) => T;

export function createLast(): Last {
  const places = new Map<string, { readonly inputs: readonly unknown[]; readonly result: unknown }>();
  return <I extends readonly unknown[], T>(place: string, inputs: I, make: (inputs: I) => T): T => {
    const known = places.get(place);
    if (known && isSame(known.inputs, inputs)) return known.result as T;
    const result = make(inputs);
    if (result !== undefined) places.set(place, { inputs, result });
    return result;
  };
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
