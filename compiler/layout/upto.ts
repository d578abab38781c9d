import { InternalError } from "../diag/index.ts";

/**
 * Cumulative shares for a 32-bit draw r: entry i is taken when r is above upto[i-1] and not above upto[i]. Exact to 2^-32; every positive
 * weight gets at least one draw, and the last entry ends at 0xffffffff.
 */
export function cumulative(weights: readonly number[]): Uint32Array {
  const total = weights.reduce((a, b) => a + b, 0);
  const out = new Uint32Array(weights.length);
  let sum = 0;
  let previous = -1;
  for (const [i, weight] of weights.entries()) {
    if (!(weight > 0)) throw new InternalError(`weight ${weight} in a run`);
    sum += weight;
    const left = weights.length - 1 - i;
    const wanted = left === 0 ? 0xffffffff : Math.round((sum / total) * 0x1_0000_0000) - 1;
    previous = Math.min(Math.max(wanted, previous + 1), 0xffffffff - left);
    out[i] = previous;
  }
  return out;
}
