import { type Form, holdsHere, isSample, isTried, type Trial } from "../forms/form.ts";
import { make, type Part, partsOf } from "../forms/parts.ts";
import { heldElsewhere, type RecordedNote, type RecordedText, type Recording, tellNotes } from "../forms/recording.ts";
import { areSame, type Memory, memoryOf } from "../memory.ts";
import type { Check, MessagePlan } from "../plan/types.ts";
import type { Reading } from "../reading.ts";
import { asciiText, type ByteSource } from "../texts.ts";
import type { XdsMessage } from "../types.ts";
import { BACKSLASH, QUOTE } from "./letters.ts";
import type { JsonReader } from "./reader.ts";

/**
 * Messages by the form of their JSON, as wire/stencils.ts has them by the form of their bytes: what is the same text but for some strings is not
 * read field by field. A dump prints ten thousand resources alike, to the last space; one that is printed otherwise is another form, or none.
 */
export interface JsonStencils {
  /** By the number of the message's plan. */
  readonly plans: Forms[];
}

/** The forms of one plan. */
interface Forms extends Trial {
  readonly entries: (Sample | Stencil)[];
  /** The entry that is expected next: forms tend to come in the same order. */
  next: number;
}

interface JsonForm extends Form {
  /** Starts and ends, between the quotes, of the strings that may differ, one after the other. */
  readonly open: readonly number[];
}

/** The first message of a form. Those strings of a second one that differ are what differs in the stencil. */
interface Sample extends JsonForm {
  readonly kind: "sample";
  readonly recording: Recording;
  readonly message: XdsMessage;
  /** Messages that were met since, all of whose texts are the same. */
  repeats: number;
}

interface Stencil extends JsonForm {
  readonly kind: "stencil";
  readonly texts: readonly OpenText[];
  readonly notes: readonly RecordedNote[];
  readonly whole: Part;
  /** Room for the texts of one message. */
  readonly values: string[];
}

interface OpenText {
  /** The number of its string among those that may differ. */
  readonly at: number;
  readonly check: Check | undefined;
}

const maxForms = 16;
const maxRepeats = 8;
/** Of a message, bytes. */
export const maxFormLength = 16 * 1024;
const mostTries = 64;

export function newJsonStencils(): JsonStencils {
  return { plans: [] };
}

/** The forms of the plan's messages; undefined where looking for them does not pay. */
export function jsonFormsOf({ plans }: JsonStencils, { id }: MessagePlan): Forms | undefined {
  while (plans.length <= id) plans.push({ entries: [], next: 0, tries: 0, hits: 0, isGivenUp: false });
  const forms = plans[id]!;
  return isTried(forms, mostTries) ? forms : undefined;
}

/** Starts and ends of the strings that may differ, of the message that was matched last. */
const found: number[] = [];

/** The message that begins here, where it is of one of the forms; the reader is behind it then. */
export function readByJsonForm(forms: Forms, reader: JsonReader, state: Reading): XdsMessage | undefined {
  const { entries } = forms;
  for (let i = 0; i < entries.length; i++) {
    const at = (forms.next + i) % entries.length;
    const form = entries[at]!;
    if (!holdsHere(form, state)) continue;
    const end = endOfMatch(form, reader);
    if (end === -1) continue;
    const stencil = form.kind === "stencil" ? form : stencilOf(form, reader);
    if (stencil === undefined) {
      entries.splice(at, 1);
      return undefined;
    }
    if (!readTexts(stencil, reader.bytes)) return undefined;
    // Messages that are all the same may be followed by others.
    if (form.kind === "sample" && (stencil.texts.length > 0 || ++form.repeats > maxRepeats)) entries[at] = stencil;
    forms.next = at + 1;
    forms.hits++;
    reader.pos = end;
    tellNotes(stencil.notes, state);
    return make(stencil.whole, stencil.values) as XdsMessage;
  }
  return undefined;
}

/** Where the message that begins here ends, with its strings in `found`; -1 where it is not of this form, or a string has an escape. */
function endOfMatch({ memory, open }: JsonForm, reader: JsonReader): number {
  const { bytes } = reader;
  let at = 0;
  let { pos } = reader;
  for (let i = 0; i < open.length; i += 2) {
    const length = open[i]! - at;
    if (!isSame(memory, at, reader, pos, length)) return -1;
    pos += length;
    found[i] = pos;
    for (let byte = bytes[pos]; byte !== QUOTE; byte = bytes[++pos]) if (byte === BACKSLASH || byte === undefined) return -1;
    // A text without characters is one that is not set.
    if (pos === found[i]) return -1;
    found[i + 1] = pos;
    at = open[i + 1]!;
  }
  const length = memory.bytes.length - at;
  return isSame(memory, at, reader, pos, length) ? pos + length : -1;
}

/** As areSame, where the text may end before. */
function isSame(memory: Memory, at: number, text: Memory, pos: number, length: number): boolean {
  return length <= text.bytes.length - pos && areSame(memory, at, text, pos, length);
}

/** Puts the texts of the message in `found` where the stencil has room for them. False where a text breaks a rule: to be told of as always. */
function readTexts({ texts, values }: Stencil, bytes: ByteSource): boolean {
  for (let i = 0; i < texts.length; i++) {
    const { at, check } = texts[i]!;
    const text = asciiText(bytes, found[at]!, found[at + 1]!) ?? bytes.utf8Slice(found[at]!, found[at + 1]!);
    if (check?.(text) !== undefined) return false;
    values[i] = text;
  }
  return true;
}

/** Keeps the message from `start` to the reader's place as the first of its form, where its notes are all that was told of it. */
export function keepJsonSample(
  forms: Forms,
  { message, recording, start, reports }: Pick<Sample, "message" | "recording"> & { readonly start: number; readonly reports: number },
  { bytes, pos: end }: JsonReader,
  state: Reading,
): void {
  if (!isSample(forms, recording, reports, state) || end - start > maxFormLength) return;
  const { depth, validates, judges } = state;
  const { entries } = forms;
  const at = entries.length < maxForms ? entries.length : forms.next % maxForms;
  const texts = recording.texts
    .filter(({ into }) => into !== heldElsewhere)
    .map((text) => ({ ...text, start: text.start - start, end: text.end - start }));
  entries[at] = {
    kind: "sample",
    memory: memoryOf(new Uint8Array(bytes.subarray(start, end))),
    depth,
    validates,
    judges,
    open: rangesOf(texts),
    recording: { ...recording, texts },
    message,
    repeats: 0,
  };
  forms.next = at + 1;
}

function rangesOf(texts: readonly RecordedText[]): readonly number[] {
  return texts.flatMap(({ start, end }) => [start, end]);
}

/** Of the sample and the message in `found`; undefined where it has none. */
function stencilOf({ memory, depth, validates, judges, recording, message }: Sample, text: Memory): Stencil | undefined {
  const differs = ({ start, end, isRead }: RecordedText, i: number): boolean => {
    const length = found[2 * i + 1]! - found[2 * i]!;
    return !isRead || length !== end - start || !isSame(memory, start, text, found[2 * i]!, length);
  };
  const { texts, notes } = recording;
  const places = texts.map((_, i) => i).filter((i) => differs(texts[i]!, i));
  const open = places.map((i) => texts[i]!);
  const read = open.filter(({ isRead }) => isRead);
  const whole = partsOf(message, recording, read);
  if (!whole) return undefined;
  // What is the same in both is a part of the text from now on.
  places.forEach((place, i) => {
    found[2 * i] = found[2 * place]!;
    found[2 * i + 1] = found[2 * place + 1]!;
  });
  return {
    kind: "stencil",
    memory,
    depth,
    validates,
    judges,
    open: rangesOf(open),
    texts: read.map((text) => ({ at: 2 * open.indexOf(text), check: text.check })),
    notes,
    whole,
    values: read.map(() => ""),
  };
}
