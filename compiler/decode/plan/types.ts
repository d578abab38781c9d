import type { FieldSupport, XdsValue } from "../types.ts";

/** What breaks a rule in its own words, or undefined. */
export type Check = (value: XdsValue) => string | undefined;
export type ListCheck = (list: readonly XdsValue[]) => string | undefined;

/** How one message is read, from the wire and from JSON alike: its proto, the support table and the validation rules in one. */
export interface MessagePlan {
  /** Full name. */
  readonly name: string;
  /** Counts messages. */
  readonly id: number;
  readonly fields: readonly FieldPlan[];
  /** Makes a message. Messages made by one plan share their layout in the engine, which is what makes them small and quick to fill. */
  readonly Message: new () => Record<string, XdsValue>;
  /** By field number; holes are unknown fields. */
  readonly byId: readonly (FieldPlan | undefined)[];
  /** By both spellings. */
  readonly byKey: ReadonlyMap<string, FieldPlan>;
  /** Whether one of the three lists below holds something. */
  readonly isChecked: boolean;
  /** Fields whose absence breaks a rule, with the rule's words. */
  readonly required: readonly { readonly field: FieldPlan; readonly violation: string }[];
  /** Lists and maps with rules on the whole. */
  readonly checkedLists: readonly FieldPlan[];
  /** Oneofs of which one field must be set. */
  readonly requiredOneofs: readonly { readonly bit: number; readonly name: string; readonly hint: string }[];
}

export interface FieldPlan {
  readonly name: string;
  /** `Message.field`: the identity of notes. */
  readonly label: string;
  readonly value: ValuePlan;
  /** Of one value: 0 varint, 1 eight bytes, 2 with length, 5 four bytes. */
  readonly wireType: WireType;
  readonly shape: "one" | "list" | "map";
  readonly mapKey: ScalarType | undefined;
  /** Of a scalar without presence: the value that counts as unset. */
  readonly unsetValue: XdsValue | undefined;
  /** The oneof's bit in the message, 0 if in none. */
  readonly oneofBit: number;
  /** The bit that tells that the field was set, where it is required and not kept; else 0. */
  readonly presenceBit: number;
  readonly oneofName: string;
  /** The other fields of the oneof. */
  readonly rivals: readonly string[];
  readonly support: FieldSupport;
  /** On one value, list item or map value. */
  readonly check: Check | undefined;
  /** The same where the value is only judged: what resolve says of values that it gets. */
  readonly judgedCheck: Check | undefined;
  /** Whether what is judged of a message may depend on its texts. */
  readonly judgesTexts: boolean;
  readonly listCheck: ListCheck | undefined;
  readonly keyCheck: Check | undefined;
  /** Told of, then dropped unless it `isKept`; its form and rules are checked all the same. */
  readonly isNote: boolean;
  /** A note that is kept, or holds messages with rules: they are read as if all of their fields were honoured, to refuse what Envoy refuses. */
  readonly isJudged: boolean;
  /** A note that resolve looks at. */
  readonly isKept: boolean;
  readonly isLeaf: boolean;
  /** List items are told apart by their `name` in paths, not by index. */
  readonly namedItems: boolean;
}

export type ScalarType =
  | "bool"
  | "bytes"
  | "double"
  | "fixed32"
  | "fixed64"
  | "float"
  | "int32"
  | "int64"
  | "sfixed32"
  | "sfixed64"
  | "sint32"
  | "sint64"
  | "string"
  | "uint32"
  | "uint64";

export type WireType = 0 | 1 | 2 | 5;

export type ValuePlan =
  | { readonly kind: "scalar"; readonly type: ScalarType }
  | { readonly kind: "enum"; readonly names: ReadonlyMap<number, string>; readonly numbers: ReadonlyMap<string, number> }
  | MessageValuePlan
  | { readonly kind: "wrapper"; readonly type: ScalarType }
  /** `mayBeEmpty`: one that names no type is a value, too; elsewhere it is refused. */
  | { readonly kind: "any"; readonly mayBeEmpty: boolean }
  | { readonly kind: "duration" }
  | { readonly kind: "struct" }
  | { readonly kind: "value" }
  | { readonly kind: "list_value" };

export interface MessageValuePlan {
  readonly kind: "message";
  /** Counts message-typed fields. */
  readonly id: number;
  readonly type: string;
  plan: MessagePlan | undefined;
}
