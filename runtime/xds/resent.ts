import type { Content, Held } from "./entry.ts";
import { typeUrls } from "./protocol.ts";
import type { XdsKind } from "./types.ts";

/** Tells resources of a response that are what is held, by their bytes alone: a control plane sends a whole type, in one order, for each change. */
export interface Resent {
  /** Whether the next resource, an Any at `[start, end)` of the response, is what was in its place before and is held. */
  isNext(start: number, end: number): boolean;
  /** Those that were. */
  readonly found: readonly Held[];
}

/**
 * Made once for a kind; what it gives is asked for each response.
 *
 * @param heldAt what had a place in an earlier response, if nothing newer is known of it
 */
export function createResent(kind: XdsKind, heldAt: (place: number) => Held | undefined): (response: Buffer) => Resent {
  const head = headOf(kind);
  return (response) => {
    const found: Held[] = [];
    let place = -1;
    return {
      found,
      isNext(start, end) {
        const held = heldAt(++place);
        if (!held || !isAnyOf(response, start, end, head, held.accepted)) return false;
        found.push(held);
        return true;
      },
    };
  };
}

/** An Any up to the length of its value: its type's URL, and the tag of the value. */
function headOf(kind: XdsKind): Buffer {
  const url = Buffer.from(typeUrls[kind]);
  return Buffer.concat([Buffer.from([0x0a, url.length]), url, Buffer.from([0x12])]);
}

function isAnyOf(response: Buffer, start: number, end: number, head: Buffer, content: Content): boolean {
  const from = end - content.length;
  const lengthAt = start + head.length;
  if (from <= lengthAt || response.compare(head, 0, head.length, start, lengthAt) !== 0) return false;
  return lengthOf(response, lengthAt, from) === content.length && content.standsIn(response, from);
}

/** The varint that fills `[at, until)`; NaN where none does. */
function lengthOf(bytes: Buffer, at: number, until: number): number {
  let length = 0;
  for (let i = at; i < until; i++) {
    const byte = bytes[i]!;
    length += (byte & 0x7f) * 2 ** (7 * (i - at));
    if (byte < 0x80) return i === until - 1 ? length : Number.NaN;
  }
  return Number.NaN;
}
