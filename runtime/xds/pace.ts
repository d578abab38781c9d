import type { Timers } from "./clock.ts";
import { kinds } from "./protocol.ts";
import type { XdsKind } from "./types.ts";

/**
 * Keeps large acknowledgements of state of the world apart. Each names all that is subscribed to, 600 KB for the endpoints of 10,000 services,
 * and where one endpoint changes a hundred times a second they would be most of what the daemon does. A request is followed by a pause that
 * grows with its size; of the acknowledgements that come in it the newest is sent, which says all that the others said.
 */
export interface Pace {
  /** Calls `send` now, or when the pause after the last request of this kind is over, unless a newer one comes first. */
  acknowledge(kind: XdsKind, send: () => void): void;
  /** A request of this kind goes out, so many bytes long: what waits is said by it. */
  sent(kind: XdsKind, bytes: number): void;
  /** The stream is gone. */
  clear(): void;
}

/** A request of 600 KB costs some 2 ms of CPU here, and about as much in the control plane: at this rate it is a twentieth of a CPU at most. */
const BYTES_A_MILLISECOND = 16 * 1024;

export function createPace(timers: Timers): Pace {
  const waiting = new Map<XdsKind, () => void>();
  const timerOf = (kind: XdsKind): string => `pause of ${kind}s`;
  const end = (kind: XdsKind): void => {
    const send = waiting.get(kind);
    waiting.delete(kind);
    send?.();
  };
  return {
    acknowledge(kind, send) {
      if (timers.has(timerOf(kind))) waiting.set(kind, send);
      else send();
    },
    sent(kind, bytes) {
      waiting.delete(kind);
      const ms = Math.floor(bytes / BYTES_A_MILLISECOND);
      if (ms > 0) timers.set(timerOf(kind), ms, () => end(kind));
    },
    clear() {
      for (const kind of kinds) timers.cancel(timerOf(kind));
      waiting.clear();
    },
  };
}
