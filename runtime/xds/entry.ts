import type { XdsVerdict } from "./types.ts";

/** Bytes of a resource. */
export interface Content {
  /** A copy, as a view would keep the whole response alive; but for what came while nothing was held, when all of a response is new. */
  readonly bytes: Buffer;
  /** The newest version that came with these bytes: "" where the control plane gives none. Undefined: the control plane is not to be told that they are held. */
  version: string | undefined;
  /** Names of other resources that are subscribed to for it. */
  readonly references: readonly string[];
}

/** Changes handed to the consumer, of which the verdict may still be open. */
export interface Delivery {
  readonly sequence: number;
  readonly changed: ReadonlyMap<string, Content>;
  readonly removed: readonly string[];
  /** XdsUpdate.refused. */
  readonly refused: readonly string[];
  /** Undefined until the consumer has decided. */
  verdict: XdsVerdict | undefined;
  /** Which of its names were left as they were. */
  rejected: ReadonlySet<string>;
}

/** Undefined content: the resource is gone. */
export interface Pending {
  readonly delivery: Delivery;
  readonly content: Content | undefined;
}

/** What is known of one name. */
export interface Entry {
  readonly name: string;
  accepted: Content | undefined;
  /** Accepted by an earlier process. It is what a rejection goes back to as long as nothing was accepted; until then nothing is compared with it. */
  fallback: Content | undefined;
  /** Of the delivery that `accepted` came with: verdicts may come out of order. */
  acceptedSequence: number;
  /** Handed out and not decided, oldest first. */
  pending: Pending[];
  /** What came and was not handed out yet. */
  waiting: { content: Content | undefined } | undefined;
  /** The newest version is not to be taken. */
  isRefused: boolean;
  /** The response, or full set, that it was last in. */
  round: number;
}

/** A resource of which nothing is known but what is accepted. */
export interface Held {
  readonly name: string;
  readonly accepted: Content;
}

/** The newest undecided delivery of it; none where a newer one has been accepted already. */
export function lastPending(entry: Entry): Pending | undefined {
  const last = entry.pending.at(-1);
  return last && last.delivery.sequence > entry.acceptedSequence ? last : undefined;
}

/** What the consumer has been told last, rejections taken back. */
export function handedOut(entry: Entry): Content | undefined {
  const last = lastPending(entry);
  return last ? last.content : entry.accepted;
}

export function sameBytes(content: Content | undefined, bytes: Uint8Array | undefined): boolean {
  if (!content || !bytes) return content === undefined && bytes === undefined;
  return content.bytes.length === bytes.length && content.bytes.equals(bytes);
}
