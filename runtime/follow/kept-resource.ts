import type { XdsKind, XdsRawResource } from "../../compiler/decode/index.ts";
import type { Body } from "../spill/index.ts";

/** A resource as it came, whose bytes may lie in a file: each look at them is a read then, and may throw LostError. It can't be sent to a thread as it is. */
export class KeptResource implements XdsRawResource {
  readonly kind: XdsKind;
  readonly name: string;
  readonly form: XdsRawResource["form"];
  readonly #body: Body;

  constructor(kind: XdsKind, name: string, form: XdsRawResource["form"], body: Body) {
    this.kind = kind;
    this.name = name;
    this.form = form;
    this.#body = body;
  }

  /** Nobody can read its bytes again. */
  isLost(): boolean {
    return this.#body.isLost();
  }

  get bytes(): Uint8Array {
    return this.#body.bytes();
  }
}
