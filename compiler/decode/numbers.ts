/** Envoy counts a duration in nanoseconds, in 63 bits: about 292 years. */
const endSeconds = 9_223_372_036n;

/** Milliseconds, or why Envoy refuses the duration: it takes none that is negative. */
export function duration(seconds: bigint, nanos: number): number | { readonly problem: string } {
  if (seconds < 0n || nanos < 0) return { problem: "a negative duration" };
  if (seconds >= endSeconds || nanos > 999_999_999) return { problem: "a duration out of range" };
  return Number(seconds) * 1000 + nanos / 1e6;
}
