import type { XdsStream } from "./transport.ts";
import type { XdsKind, XdsMode } from "./types.ts";

/** Sends requests as fast as the control plane reads them, and holds few while it does not. */
export interface Outbox {
  /** False when too many are held: the control plane does not read. */
  send(kind: XdsKind, bytes: Uint8Array): boolean;
}

export function createOutbox(stream: XdsStream, mode: XdsMode, maxUnsent: number): Outbox {
  /** In state of the world a kind's newest request says all that its older ones said. */
  const newest = new Map<XdsKind, Uint8Array>();
  let queue: Uint8Array[] = [];
  let isFull = false;
  const write = (bytes: Uint8Array): void => {
    if (stream.send(bytes) || isFull) return;
    isFull = true;
    stream.onDrain(drain);
  };
  const drain = (): void => {
    isFull = false;
    const held = [...newest.values(), ...queue];
    newest.clear();
    queue = [];
    for (const bytes of held) write(bytes);
  };
  return {
    send(kind, bytes) {
      if (!isFull) write(bytes);
      else if (mode === "sotw") {
        newest.delete(kind);
        newest.set(kind, bytes);
      } else if (queue.push(bytes) > maxUnsent) return false;
      return true;
    },
  };
}
