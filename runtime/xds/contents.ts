import type { Spill } from "../spill/index.ts";
import { Content } from "./entry.ts";

/** The bytes of one kind that are held, counted. */
export interface Contents {
  /** @param copies whether the bytes are a part of something larger that is not to live as long as they do */
  retain(name: string, bytes: Buffer, version: string, copies: boolean): Content;
  /** It is going to stay: its bytes may leave memory. */
  accept(content: Content): void;
  release(content: Content | undefined): void;
  /** Whether there is room for so many bytes more. */
  fits(bytes: number): boolean;
  bytes(): number;
}

export interface ContentHooks {
  /** Where the bytes of what is accepted go. */
  readonly spill: Spill;
  referencesOf(bytes: Buffer): readonly string[];
  /** The content begins, or ceases, to be held somewhere: in wait, handed out, accepted, or as a fallback. */
  onRetain(content: Content): void;
  onRelease(content: Content): void;
}

export function createContents(hooks: ContentHooks, limit: number): Contents {
  let held = 0;
  const { spill } = hooks;
  return {
    retain(name, bytes, version, copies) {
      const own = copies ? copyOf(bytes) : bytes;
      // A cluster's endpoints mostly have its name: one text for both.
      const references = hooks.referencesOf(own).map((reference) => (reference === name ? name : reference));
      const content = new Content(own, version, references);
      held += own.length;
      hooks.onRetain(content);
      return content;
    },
    accept: spill.add,
    release(content) {
      if (!content) return;
      held -= content.length;
      spill.release(content);
      hooks.onRelease(content);
    },
    fits: (bytes) => held + bytes <= limit,
    bytes: () => held,
  };
}

function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
