import { createSlot, joinedText } from "../memo/index.ts";
import type { XdsKind, XdsMessage, XdsResource } from "./types.ts";

/** What was made of a resource. Whose that is, and what, is known to who set it: one at a time. */
export const { get: resultOf, set: setResult, Room } = createSlot<object, unknown>();

/** A resource that decoded. A large mesh has tens of thousands, few of which are asked for their path: it is put together then. */
export class DecodedResource extends Room implements XdsResource {
  readonly kind: XdsKind;
  readonly name: string;
  readonly message: XdsMessage;

  constructor(kind: XdsKind, name: string, message: XdsMessage) {
    super();
    this.kind = kind;
    // The very text of the message, if it may be: it is there anyway.
    const own = message[kind === "endpoint" ? "cluster_name" : "name"];
    this.name = own === name ? own : name;
    this.message = message;
  }

  get path(): string {
    return rootPath(this.kind, this.name);
  }
}

/** The path of a resource of this name. The model holds it. */
export function rootPath(kind: XdsKind, name: string): string {
  return joinedText(kind, "s[", JSON.stringify(name), "]");
}
