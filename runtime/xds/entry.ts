import { Body } from "../spill/index.ts";
import type { XdsVerdict } from "./types.ts";

const noNames: readonly string[] = [];

/** Bytes of a resource, with what the protocol knows of them. */
export class Content extends Body {
  /**
   * The newest version that came with these bytes: "" where the control plane gives none, or another process got them. Undefined: the control
   * plane is not to be told that they are held.
   */
  version: string | undefined;
  /** One alone is no list: there are tens of thousands. */
  readonly #references: string | readonly string[];

  constructor(bytes: Buffer, version: string, references: readonly string[]) {
    super(bytes);
    this.version = version;
    this.#references = references.length === 1 ? references[0]! : references.length === 0 ? noNames : references.slice();
  }

  /** Names of other resources that are subscribed to for it. */
  get references(): readonly string[] {
    return typeof this.#references === "string" ? [this.#references] : this.#references;
  }
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
  pending: readonly Pending[];
  /** What came and was not handed out yet. */
  waiting: { content: Content | undefined } | undefined;
  /** The newest version is not to be taken. */
  isRefused: boolean;
  /** The response, or full set, that it was last in. */
  round: number;
}

/** Of most entries at most times. */
export const nothingPending: readonly Pending[] = [];

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

/** False where the content's bytes are lost, too. */
export function sameBytes(content: Content | undefined, bytes: Buffer | undefined): boolean {
  return content && bytes ? content.equals(bytes) : content === undefined && bytes === undefined;
}
