/** Pearson's statistic of counts against weights. */
export function chiSquare(counts: readonly number[], weights: readonly number[]): number {
  const total = counts.reduce((a, b) => a + b, 0);
  const sum = weights.reduce((a, b) => a + b, 0);
  return counts.reduce((x, count, i) => {
    const expected = (total * weights[i]!) / sum;
    return x + (count - expected) ** 2 / expected;
  }, 0);
}

/** The value that a right distribution exceeds once in a million runs (Wilson and Hilferty's approximation, on the safe side for few degrees). */
export function chiSquareLimit(degrees: number): number {
  const z = 4.75;
  return degrees * (1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees))) ** 3;
}
