import type { Timers } from "./clock.ts";
import { kinds } from "./protocol.ts";
import type { XdsKind } from "./types.ts";

/**
 * Keeps large acknowledgements of state of the world apart. Each names all that is subscribed to, 600 KB for the endpoints of 10,000 services,
 * and where one endpoint changes a hundred times a second they would be most of what the daemon does. A request is followed by a pause that
 * grows with its size; of the acknowledgements that come in it the newest is sent, which says all that the others said. The pause is longer
 * while responses keep coming; a control plane that is silent may wait for us.
 */
export interface Pace {
  /** Calls `send` now, or when the pause after the last request of this kind is over, unless a newer one comes first. */
  acknowledge(kind: XdsKind, send: () => void): void;
  /** A request of this kind goes out, so many bytes long: what waits is said by it. */
  sent(kind: XdsKind, bytes: number): void;
  /** The stream is gone. */
  clear(): void;
}

/**
 * A request of 600 KB costs some 2 ms of CPU here, in which no change is looked at, and about as much in the control plane: at these rates
 * fewer than one in a hundred changes waits for one while responses keep coming, and a twentieth of a CPU is used at most.
 */
const BYTES_A_MILLISECOND = { coming: 512, silent: 16 * 1024 };

export function createPace(timers: Timers): Pace {
  const waiting = new Map<XdsKind, () => void>();
  /** How long a kind is silent before the pause is over, milliseconds. */
  const silence = new Map<XdsKind, number>();
  const pauseOf = (kind: XdsKind): string => `pause of ${kind}s`;
  const silenceOf = (kind: XdsKind): string => `silence of ${kind}s`;
  const end = (kind: XdsKind): void => {
    for (const timer of [pauseOf(kind), silenceOf(kind)]) timers.cancel(timer);
    const send = waiting.get(kind);
    waiting.delete(kind);
    send?.();
  };
  return {
    acknowledge(kind, send) {
      if (!timers.has(pauseOf(kind))) {
        send();
        return;
      }
      waiting.set(kind, send);
      timers.set(silenceOf(kind), silence.get(kind)!, () => end(kind));
    },
    sent(kind, bytes) {
      waiting.delete(kind);
      const ms = Math.floor(bytes / BYTES_A_MILLISECOND.silent);
      if (ms === 0) return;
      silence.set(kind, ms);
      timers.set(silenceOf(kind), ms, () => end(kind));
      timers.set(pauseOf(kind), Math.floor(bytes / BYTES_A_MILLISECOND.coming), () => end(kind));
    },
    clear() {
      for (const kind of kinds) for (const timer of [pauseOf(kind), silenceOf(kind)]) timers.cancel(timer);
      waiting.clear();
    },
  };
}
