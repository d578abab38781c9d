import { dnsLimits } from "./limits.ts";
import type { AddressRecord, Refresh } from "./types.ts";

/** Milliseconds from an answer to the next lookup, for who wants it soonest. `random` gives numbers in [0, 1). */
export function delayAfterAnswer(refreshes: readonly Refresh[], records: readonly AddressRecord[], random: () => number): number {
  const ttlMs = Math.min(...records.map((record) => record.ttlMs));
  return soonest(refreshes, ({ intervalMs, respectTtl, minTtlMs, jitterMs }) => {
    const useTtl = respectTtl && records.length > 0 && ttlMs > 0;
    return (useTtl ? Math.max(ttlMs, minTtlMs) : intervalMs) + Math.floor(random() * jitterMs);
  });
}

/** The same after `failures` failures in a row. */
export function delayAfterFailure(refreshes: readonly Refresh[], failures: number, random: () => number): number {
  return soonest(refreshes, ({ intervalMs, failure }) => {
    if (!failure) return intervalMs;
    // Envoy's JitteredExponentialBackOffStrategy.
    return random() * Math.min(failure.maxMs, failure.baseMs * 2 ** Math.min(failures - 1, 40));
  });
}

function soonest(refreshes: readonly Refresh[], delay: (refresh: Refresh) => number): number {
  const { minDelayMs, maxDelayMs } = dnsLimits;
  return Math.max(minDelayMs, Math.min(maxDelayMs, ...refreshes.map(delay)));
}
