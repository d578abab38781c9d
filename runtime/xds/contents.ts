import type { Spill } from "../spill/index.ts";
import { Content } from "./entry.ts";

/** The bytes of one kind that are held, counted. */
export interface Contents {
  /** @param copies whether the bytes are a part of something larger that is not to live as long as they do */
  retain(bytes: Buffer, version: string | undefined, copies: boolean): Content;
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
    retain(bytes, version, copies) {
      const own = copies ? copyOf(bytes) : bytes;
      const content = new Content(own, version, listOf(hooks.referencesOf(own)));
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

const noNames: readonly string[] = [];

/** As small as it can be: there are tens of thousands. */
function listOf(names: readonly string[]): readonly string[] {
  return names.length === 0 ? noNames : names.slice();
}

function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
