import type { Check, FieldPlan, MessagePlan } from "../plan/types.ts";
import { pathBelow, type Reading } from "../reading.ts";
import type { FieldSupport } from "../types.ts";

/** A message as it was read, with where its texts stood. */
export interface Recording {
  readonly depth: number;
  /** Where a message that is to be kept ends at the latest. */
  readonly limit: number;
  readonly texts: RecordedText[];
  readonly notes: RecordedNote[];
  /** Of the messages in it. */
  readonly plans: Map<object, MessagePlan>;
  /** Something in it depends on more than the form. */
  isSpecial: boolean;
}

/** What may differ: a text, or bytes that nobody reads. Ends are offsets in the resource's bytes. */
export interface RecordedText {
  readonly start: number;
  readonly end: number;
  readonly isRead: boolean;
  readonly check: Check | undefined;
  /** The message whose field it is; undefined: it is not kept. */
  into: object | undefined;
  readonly name: string;
}

export interface RecordedNote {
  readonly support: FieldSupport & { readonly kind: "note" };
  readonly label: string;
  /** Path from the message on, without its first dot. */
  readonly tail: string;
}

export function newRecording(depth: number, limit: number): Recording {
  return { depth, limit, texts: [], notes: [], plans: new Map(), isSpecial: false };
}

/** The text of a string field of the message `into`. */
export function recordText(
  { texts }: Recording,
  start: number,
  end: number,
  { into, field, state }: { readonly into: object; readonly field: FieldPlan; readonly state: Reading },
): void {
  if (start < end) texts.push({ start, end, isRead: true, check: state.validates ? field.check : undefined, into, name: field.name });
}

/** Bytes that were not looked at. */
export function recordSkipped({ texts }: Recording, start: number, end: number): void {
  if (start < end) texts.push({ start, end, isRead: false, check: undefined, into: undefined, name: "" });
}

/** Where texts in a Struct are: not the field of a message. */
export const heldElsewhere: object = {};

/** A string in a value that is kept as it is, or not at all: only in the latter case it may differ. */
export function recordInner({ texts }: Recording, start: number, end: number): void {
  if (start < end) texts.push({ start, end, isRead: false, check: undefined, into: heldElsewhere, name: "" });
}

/** Texts from `first` on were judged, and are kept nowhere. */
export function forgetPlaces({ texts }: Recording, first: number): void {
  for (let i = first; i < texts.length; i++) texts[i]!.into = undefined;
}

/** That it was told of `field`, if it is a note. */
export function recordNote({ notes, depth }: Recording, { support, label, name }: FieldPlan, state: Reading): void {
  if (support.kind === "note") notes.push({ support, label, tail: `${pathBelow(state, depth)}.${name}`.slice(1) });
}

/** Tells of the notes of a message of the same form, which reading is at. */
export function tellNotes(notes: readonly RecordedNote[], state: Reading): void {
  for (const { support, label, tail } of notes) {
    state.reports++;
    state.noted = tail;
    state.sink.note(support.code, label, state.notedPath, support.message);
  }
}
