import type { XdsClock } from "./clock.ts";

/** A token bucket that holds one second's worth. */
export interface RateLimit {
  /** Takes a token; false where there is none. */
  take(): boolean;
  /** Milliseconds until there is one. */
  wait(): number;
}

export function createRateLimit(perSecond: number, clock: XdsClock): RateLimit {
  let tokens = perSecond;
  let filledAt = clock.now();
  const fill = (): void => {
    const now = clock.now();
    tokens = Math.min(perSecond, tokens + ((now - filledAt) * perSecond) / 1000);
    filledAt = now;
  };
  return {
    take() {
      fill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    wait() {
      fill();
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 1000) / perSecond);
    },
  };
}
