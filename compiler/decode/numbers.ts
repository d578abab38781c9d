/** The range of google.protobuf.Duration: about 10,000 years. */
const maxSeconds = 315_576_000_000n;

/** Milliseconds, or why Envoy refuses the duration: it takes none that is negative. */
export function duration(seconds: bigint, nanos: number): number | { readonly problem: string } {
  if (seconds < 0n || nanos < 0) return { problem: "a negative duration" };
  if (seconds > maxSeconds || nanos > 999_999_999) return { problem: "a duration out of range" };
  return Number(seconds) * 1000 + nanos / 1e6;
}
