import type { Timers, XdsClock } from "./clock.ts";
import type { XdsLimits } from "./limits.ts";
import { createRateLimit } from "./rate.ts";
import type { XdsStream } from "./transport.ts";
import type { XdsKind, XdsMode } from "./types.ts";

/** Sends requests as fast as the control plane reads them, and holds few while it does not. */
export interface Outbox {
  /** Requests of one kind, to be sent together. False when too many are held: the control plane does not read. */
  send(kind: XdsKind, requests: readonly Uint8Array[], isRejection: boolean): boolean;
}

export interface OutboxContext {
  readonly mode: XdsMode;
  readonly clock: XdsClock;
  readonly timers: Timers;
  readonly limits: Pick<XdsLimits, "unsentRequests" | "rejectionsPerSecond">;
}

export function createOutbox(stream: XdsStream, { mode, clock, timers, limits }: OutboxContext): Outbox {
  /** In state of the world a kind's newest request says all that its older ones said. */
  const newest = new Map<XdsKind, readonly Uint8Array[]>();
  const rejections = createRateLimit(limits.rejectionsPerSecond, clock);
  let queue: Uint8Array[] = [];
  let isFull = false;
  const write = (bytes: Uint8Array): void => {
    if (stream.send(bytes) || isFull) return;
    isFull = true;
    stream.onDrain(() => {
      isFull = false;
      drain();
    });
  };
  const drain = (): void => {
    if (isFull) return;
    const held = [...[...newest.values()].flat(), ...queue];
    newest.clear();
    queue = [];
    for (const bytes of held) write(bytes);
  };
  const sendRejections = (): void => {
    rejections.take();
    drain();
  };
  const hold = (kind: XdsKind, requests: readonly Uint8Array[]): void => {
    newest.delete(kind);
    newest.set(kind, requests);
  };
  return {
    send(kind, requests, isRejection) {
      if (mode === "delta") {
        if (!isFull) for (const bytes of requests) write(bytes);
        else queue.push(...requests);
        return queue.length <= limits.unsentRequests;
      }
      if (isFull) hold(kind, requests);
      else if (isRejection && !rejections.take()) {
        // Some control planes answer a rejection with what was rejected.
        hold(kind, requests);
        if (!timers.has("rejections")) timers.set("rejections", rejections.wait(), sendRejections);
      } else {
        newest.delete(kind);
        for (const bytes of requests) write(bytes);
      }
      return true;
    },
  };
}
