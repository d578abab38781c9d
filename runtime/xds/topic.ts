import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Channel } from "./channel.ts";
import type { Subscription } from "./subscription.ts";
import type { XdsKindStatus } from "./types.ts";

/** One kind: what it asks for, what it holds. */
export interface Topic {
  readonly subscription: Subscription;
  readonly channel: Channel;
  /** Subscribed to, on this stream and all later ones. */
  begun: boolean;
  /** A response has come, on any stream, or is not waited for any more. */
  answered: boolean;
  acks: number;
  nacks: number;
  lastRejection: readonly Diagnostic[];
}

export function newTopic(subscription: Subscription, channel: Channel): Topic {
  return { subscription, channel, begun: false, answered: false, acks: 0, nacks: 0, lastRejection: [] };
}

/** @param awaited names that are asked for and not answered */
export function statusOf({ channel, subscription, acks, nacks, lastRejection }: Topic, awaited: number): XdsKindStatus {
  return {
    version: subscription.version(),
    held: channel.ledger.accepted.size,
    heldBytes: channel.ledger.bytes(),
    subscribed: subscription.size(),
    awaited,
    inFlight: channel.inFlight(),
    ...channel.counts,
    acks,
    nacks,
    lastRejection,
  };
}
