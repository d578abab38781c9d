/** A rational number, not necessarily in lowest terms; denominator > 0. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export function sumOf(a: Fraction, b: Fraction): Fraction {
  if (a.denominator === b.denominator) return { numerator: a.numerator + b.numerator, denominator: a.denominator };
  return reduced({
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  });
}

/**
 * Fractions that sum to 1 (or are all 0) as integers over one total: the smallest exact ones, or, where their total would pass 2^53,
 * the nearest multiples of 2^-52.
 */
export function toIntegers(fractions: readonly Fraction[]): { readonly weights: readonly number[]; readonly total: number } {
  const lowest = fractions.map(reduced);
  let common = 1n;
  for (const { denominator } of lowest) {
    common = (common / gcd(common, denominator)) * denominator;
    if (common > limit) return rounded(lowest);
  }
  const weights = lowest.map((f) => Number((f.numerator * common) / f.denominator));
  return { weights, total: weights.reduce((a, b) => a + b, 0) };
}

function rounded(fractions: readonly Fraction[]) {
  const scale = 1n << 52n;
  const weights = fractions.map((f) => Number((2n * f.numerator * scale + f.denominator) / (2n * f.denominator)));
  return { weights, total: weights.reduce((a, b) => a + b, 0) };
}

function reduced(fraction: Fraction): Fraction {
  const divisor = gcd(fraction.numerator, fraction.denominator);
  return divisor === 1n ? fraction : { numerator: fraction.numerator / divisor, denominator: fraction.denominator / divisor };
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}

const limit = 1n << 53n;
