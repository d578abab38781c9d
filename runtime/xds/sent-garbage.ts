import { collectYoung } from "../heap/index.ts";

/** As many bytes of requests are let go of before they are collected. */
const BYTES = 2 * 2 ** 20;

/**
 * To be told of the bytes of each request that goes out: collects young garbage behind every few of the large ones, in a later turn, when the
 * request is on its way and nobody waits.
 *
 * A request lies outside of the heap, in gRPC twice, and V8 counts it as old memory until it is collected. An acknowledgement in state of the
 * world names all that is subscribed to: where one of a thousand clusters changed a hundred times a second, the engine collected its whole heap
 * every 1.3 s, long before the young generation was full, and changes waited for it for up to 20 ms (make bench-churn).
 */
export function createSentGarbage(collect: () => void = collectYoung): (bytes: number) => void {
  let sent = 0;
  return (bytes) => {
    const before = sent;
    sent += bytes;
    // Once for all that goes out until then.
    if (before >= BYTES || sent < BYTES) return;
    setImmediate(() => {
      sent = 0;
      collect();
    });
  };
}
