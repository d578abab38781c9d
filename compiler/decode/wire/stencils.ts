import { type Form, holdsHere, isSample, isTried, type Trial } from "../forms/form.ts";
import { make, type Part, partsOf } from "../forms/parts.ts";
import { type RecordedNote, type RecordedText, type Recording, tellNotes } from "../forms/recording.ts";
import { areSame, memoryOf } from "../memory.ts";
import type { Check, MessagePlan } from "../plan/types.ts";
import type { Reading } from "../reading.ts";
import type { XdsMessage } from "../types.ts";
import { type ByteReader, textBetween } from "./bytes.ts";

/**
 * Messages by their form. A mesh has thousands that are the same bytes but for some texts (names, addresses) and for what is not read; once two
 * such were met, the next one is not read field by field: what must be the same is compared, and the message is put together with its own texts.
 *
 * Texts have no part in how bytes are read: where every tag, length, number and map key is the same, the same fields are set, in the same
 * messages. What is asked of a text by itself (UTF-8, the protos' rules) is asked again, and where the answer is no the message is read as any
 * other. Notes are told again; what makes other reports has no stencil.
 */
export interface Stencils {
  /** By the number of the message's plan. */
  readonly plans: (Forms | undefined)[];
  /** Forms that are held, of all plans. */
  held: number;
}

/** The forms of one plan that were met lately. */
interface Forms extends Trial {
  readonly slots: (Sample | Stencil | undefined)[];
}

interface WireForm extends Form {
  /** Starts and ends of what must be the same, one after the other. */
  readonly same: readonly number[];
}

/** The first message of a form. Those texts of a second one that differ are what differs in the stencil. */
interface Sample extends WireForm {
  readonly kind: "sample";
  readonly recording: Recording;
  readonly message: XdsMessage;
  /** Where the bytes stood that the recording's offsets count in. */
  readonly start: number;
}

interface Stencil extends WireForm {
  readonly kind: "stencil";
  readonly texts: readonly { readonly start: number; readonly end: number; readonly check: Check | undefined }[];
  readonly notes: readonly RecordedNote[];
  readonly whole: Part;
  /** Room for the texts of one message. */
  readonly values: string[];
}

const slots = 256;
/** Of a message, bytes. Shorter ones are read as quickly as they are compared; longer ones are seldom alike. */
const minLength = 16;
const maxLength = 4096;
const mostTries = 32;
const maxHeld = 1024;

export function newStencils(): Stencils {
  return { plans: [], held: 0 };
}

/** Where a message like that from the reader's place to its end would be; -1 where looking does not pay. */
export function slotOfForm(stencils: Stencils, plan: MessagePlan, { bytes, pos, end }: ByteReader): number {
  const length = end - pos;
  if (length < minLength || length > maxLength) return -1;
  const forms = formsOf(stencils, plan.id);
  if (!isTried(forms, mostTries)) return -1;
  // The second byte is the length of the first field, if it has one.
  return (length * 31 + bytes[pos + 1]!) & (slots - 1);
}

function formsOf(stencils: Stencils, id: number): Forms {
  const known = stencils.plans[id];
  if (known) return known;
  const forms: Forms = { slots: new Array<undefined>(slots).fill(undefined), tries: 0, hits: 0, isGivenUp: false };
  while (stencils.plans.length <= id) stencils.plans.push(undefined);
  stencils.plans[id] = forms;
  return forms;
}

/** The message from the reader's place to its end, where it is of the slot's form. */
export function readByForm(
  stencils: Stencils,
  plan: MessagePlan,
  slot: number,
  reader: ByteReader,
  state: Reading,
): XdsMessage | undefined {
  const forms = stencils.plans[plan.id]!;
  const form = forms.slots[slot];
  if (form === undefined || !fits(form, reader, state)) return undefined;
  if (form.kind === "stencil") return readByStencil(form, forms, reader, state);
  const stencil = stencilOf(form, reader);
  forms.slots[slot] = stencil;
  if (stencil === undefined) stencils.held--;
  return stencil && readByStencil(stencil, forms, reader, state);
}

function fits(form: WireForm, reader: ByteReader, state: Reading): boolean {
  const { memory, same } = form;
  const { pos, end } = reader;
  if (memory.bytes.length !== end - pos || !holdsHere(form, state)) return false;
  for (let i = 0; i < same.length; i += 2) {
    const at = same[i]!;
    if (!areSame(memory, at, reader, pos + at, same[i + 1]! - at)) return false;
  }
  return true;
}

function readByStencil(stencil: Stencil, forms: Forms, reader: ByteReader, state: Reading): XdsMessage | undefined {
  const { pos } = reader;
  const { texts, values, notes } = stencil;
  for (let i = 0; i < texts.length; i++) {
    const { start, end, check } = texts[i]!;
    const text = textBetween(reader, pos + start, pos + end);
    if (reader.broken !== undefined || check?.(text) !== undefined) {
      // To be told of as always.
      reader.broken = undefined;
      reader.pos = pos;
      return undefined;
    }
    values[i] = text;
  }
  tellNotes(notes, state);
  forms.hits++;
  reader.pos = reader.end;
  return make(stencil.whole, values) as XdsMessage;
}

/** Keeps the message between `start` and the reader's place as the first of its form, where its notes are all that was told of it. */
export function keepSample(
  stencils: Stencils,
  plan: MessagePlan,
  slot: number,
  { message, recording, start, reports }: Pick<Sample, "message" | "recording" | "start"> & { readonly reports: number },
  { bytes, pos: end }: ByteReader,
  state: Reading,
): void {
  const forms = stencils.plans[plan.id]!;
  if (!isSample(forms, recording, reports, state)) return;
  const { depth, validates, judges } = state;
  if (forms.slots[slot] === undefined) {
    if (stencils.held === maxHeld) return;
    stencils.held++;
  }
  const own = new Uint8Array(bytes.subarray(start, end));
  forms.slots[slot] = {
    kind: "sample",
    memory: memoryOf(own),
    depth,
    validates,
    judges,
    same: between(recording.texts, start, own.length),
    recording,
    message,
    start,
  };
}

/** Of the sample and the message at the reader's place; undefined where it has none. */
function stencilOf({ memory, start: from, depth, validates, judges, recording, message }: Sample, reader: ByteReader): Stencil | undefined {
  const differs = ({ start, end, isRead }: RecordedText): boolean => {
    const at = start - from;
    return !isRead || !areSame(memory, at, reader, reader.pos + at, end - start);
  };
  const open = recording.texts.filter(differs);
  const read = open.filter(({ isRead }) => isRead);
  const whole = partsOf(message, recording, read);
  if (!whole) return undefined;
  const texts = read.map(({ start, end, check }) => ({ start: start - from, end: end - from, check }));
  const same = between(open, from, memory.bytes.length);
  return {
    kind: "stencil",
    memory,
    depth,
    validates,
    judges,
    same,
    texts,
    notes: recording.notes,
    whole,
    values: texts.map(() => ""),
  };
}

/** Starts and ends of what is not in `texts`, which are in order. */
function between(texts: readonly RecordedText[], from: number, length: number): readonly number[] {
  const ranges: number[] = [];
  let at = 0;
  for (const { start, end } of texts) {
    if (start - from > at) ranges.push(at, start - from);
    at = end - from;
  }
  if (length > at) ranges.push(at, length);
  return ranges;
}
