import type { Content } from "./entry.ts";

/** The bytes of one kind that are held, counted. */
export interface Contents {
  /** @param copies whether the bytes are a part of something larger that is not to live as long as they do */
  retain(bytes: Buffer, version: string | undefined, copies: boolean): Content;
  release(content: Content | undefined): void;
  /** Whether there is room for so many bytes more. */
  fits(bytes: number): boolean;
  bytes(): number;
}

export interface ContentHooks {
  referencesOf(bytes: Buffer): readonly string[];
  /** The content begins, or ceases, to be held somewhere: in wait, handed out, accepted, or as a fallback. */
  onRetain(content: Content): void;
  onRelease(content: Content): void;
}

export function createContents(hooks: ContentHooks, limit: number): Contents {
  let held = 0;
  return {
    retain(bytes, version, copies) {
      const own = copies ? copyOf(bytes) : bytes;
      const content = { bytes: own, version, references: hooks.referencesOf(own) };
      held += own.length;
      hooks.onRetain(content);
      return content;
    },
    release(content) {
      if (!content) return;
      held -= content.bytes.length;
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
