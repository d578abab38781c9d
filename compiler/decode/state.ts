import type { DiagnosticSink } from "../diag/index.ts";
import { isValidated } from "./any-type.ts";
import { type ItemStack, newItems } from "./items.ts";
import type { FieldPlan, MessagePlan } from "./plan/types.ts";
import type { XdsValue } from "./types.ts";
import type { EarlierItems } from "./wire/earlier-items.ts";
import type { Recording } from "./wire/recording.ts";
import { newRepeats, type Repeats } from "./wire/repeats.ts";
import type { Stencils } from "./wire/stencils.ts";

/** Where reading is, for both readers. Paths are only built when a diagnostic needs one, from the fields that were entered. */
export interface ReadState {
  /** Another one while what is told is kept for the next time. */
  sink: DiagnosticSink;
  /** `clusters["a"]`, or where the resource stands if it has no name. */
  root: string;
  /** What an unknown field is: from xDS it is ignored with a note, in a bootstrap it is an error. */
  unknownField: "error" | "note";
  depth: number;
  readonly fields: FieldPlan[];
  /** Index of a list's item, key of a map's value; -1 where there is neither. */
  readonly keys: (number | string)[];
  /** Gives the item's name for lists whose items are known by name. */
  readonly names: ((() => string) | undefined)[];
  readonly items: ItemStack;
  /** Whether the protos' rules hold where reading is. */
  validates: boolean;
  /** Whether reading is in a message that is only judged: nothing is told of its fields, but errors. */
  judges: boolean;
  /** Errors so far; any rejects the resource. */
  errors: number;
  /** What was told so far, of any severity. */
  reports: number;
  readonly repeats: Repeats;
  /** Undefined for one resource alone, in which little repeats. */
  readonly stencils: Stencils | undefined;
  /** Of the message being read that may become a stencil. Within it no other one is looked for. */
  recording: Recording | undefined;
  /** Of a resource that was read before. */
  readonly earlier: EarlierItems | undefined;
  /** The field that is being noted, and its path: one function for all notes, as there are many. */
  noted: string;
  readonly notedPath: () => string;
}

/** As in protobuf: more is refused. */
export const maxDepth = 100;

/** So that a hostile resource can't fill the memory with what is wrong with it. */
const maxErrors = 20;

export function newState(
  sink: DiagnosticSink,
  repeats: Repeats = newRepeats(),
  stencils?: Stencils | undefined,
  earlier?: EarlierItems | undefined,
): ReadState {
  const state: ReadState = {
    sink,
    root: "",
    unknownField: "note",
    depth: 0,
    fields: [],
    keys: [],
    names: [],
    items: newItems(),
    validates: true,
    judges: false,
    errors: 0,
    reports: 0,
    repeats,
    stencils,
    recording: undefined,
    earlier,
    noted: "",
    notedPath: () => pathOf(state, `.${state.noted}`),
  };
  return state;
}

/** Reads a note, so that what Envoy would refuse is refused; into the field's message where it is kept. Returns whether it is set. */
export function judge(
  state: ReadState,
  field: FieldPlan,
  message: Record<string, XdsValue>,
  read: (into: Record<string, XdsValue>) => void,
): boolean {
  const target = field.isKept ? message : {};
  const before = state.judges;
  state.judges = true;
  read(target);
  state.judges = before;
  const value = target[field.name];
  if (field.listCheck !== undefined && value !== undefined) checkList(state, field, value);
  return value !== undefined;
}

/** Goes into the message of an Any of this type; the caller sets `validates` back to what this returns. */
export function enterAny(state: ReadState, type: string): boolean {
  const before = state.validates;
  state.validates = before && isValidated(type);
  return before;
}

/** Starts a resource: `root` is its path as far as it is known. */
export function startResource(state: ReadState, root: string, unknownField: ReadState["unknownField"]): void {
  state.root = root;
  state.unknownField = unknownField;
  state.depth = 0;
  state.validates = true;
  state.judges = false;
  state.errors = 0;
}

/** Goes down into `field`; the caller undoes it by `state.depth--`. */
export function enter(state: ReadState, field: FieldPlan, key: number | string, name?: () => string): void {
  const at = state.depth++;
  state.fields[at] = field;
  state.keys[at] = key;
  if (field.namedItems) state.names[at] = name;
}

/** The path of where reading is, `tail` added. */
export function pathOf(state: ReadState, tail = ""): string {
  return state.root + pathBelow(state, 0) + tail;
}

/** From the message at `depth` on, to where reading is. */
export function pathBelow(state: ReadState, depth: number): string {
  let path = "";
  for (let i = depth; i < state.depth; i++) {
    const key = state.keys[i]!;
    const field = state.fields[i]!;
    path += `.${field.name}`;
    if (key === -1) continue;
    const name = field.namedItems ? (state.names[i]?.() ?? "") : "";
    path += typeof key === "string" ? `[${JSON.stringify(key)}]` : name !== "" ? `[${JSON.stringify(name)}]` : `[${key}]`;
  }
  return path;
}

export function fail(state: ReadState, code: string, tail: string, message: string, hint?: string): void {
  state.errors++;
  state.reports++;
  if (state.errors > maxErrors) return;
  const last = state.errors === maxErrors ? " (further errors of this resource are left out)" : "";
  state.sink.add({ code, severity: "error", path: pathOf(state, tail), message: message + last, ...(hint !== undefined && { hint }) });
}

/**
 * Tells of a field that is set what its support says. False when its value is not to be decoded.
 */
export function admit(state: ReadState, field: FieldPlan): boolean {
  const { support } = field;
  switch (support.kind) {
    case "honoured":
      return true;
    case "punt":
      state.reports++;
      state.sink.add({
        code: support.code,
        severity: "punt",
        path: pathOf(state, `.${field.name}`),
        message: support.message,
        ...(support.hint !== undefined && { hint: support.hint }),
      });
      return true;
    case "error":
      fail(state, support.code, `.${field.name}`, support.message, support.hint);
      return false;
    case "note":
      state.reports++;
      state.noted = field.name;
      state.sink.note(support.code, field.label, state.notedPath, support.message);
      return false;
  }
}

/** A field, or an enum's value, that the protos do not have. */
export function unknownField(state: ReadState, messageName: string, name: string): void {
  reportUnknown(state, "KM1016", `${messageName}.${name}`, `.${name}`, `${messageName} has no field ${name}`);
}

/** Reading is at the field. */
export function unknownEnumName(state: ReadState, name: string, known: Iterable<string>): void {
  const field = state.fields[state.depth - 1]!.label;
  reportUnknown(state, "KM1017", `${field} ${name}`, "", `${name} is none of ${[...known].join(", ")}`);
}

function reportUnknown(state: ReadState, code: string, identity: string, tail: string, message: string): void {
  const shown = message.length > 300 ? `${message.slice(0, 300)}...` : message;
  if (state.unknownField === "note" && state.judges) return;
  if (state.unknownField === "error") fail(state, code, tail, shown);
  else {
    state.reports++;
    state.sink.note(code, identity, () => pathOf(state, tail), shown);
  }
}

/**
 * Rules on the whole message: what is absent, and how long lists are. `set` has the bits of those oneofs, and of those required fields that are
 * not kept, that are set.
 */
export function checkMessage(state: ReadState, plan: MessagePlan, message: Readonly<Record<string, unknown>>, set: number): void {
  if (!plan.isChecked || !state.validates) return;
  for (const { field, violation } of plan.required) {
    const isThere = message[field.name] !== undefined || (set & field.presenceBit) !== 0;
    if (!isThere) fail(state, "KM1013", `.${field.name}`, violation);
  }
  for (const field of plan.checkedLists) {
    const list = message[field.name] as XdsValue | undefined;
    if (list !== undefined) checkList(state, field, list);
  }
  for (const { bit, name, hint } of plan.requiredOneofs) {
    if ((set & bit) === 0) fail(state, "KM1013", "", `one of ${name} must be set`, hint);
  }
}

function checkList(state: ReadState, field: FieldPlan, list: XdsValue): void {
  if (!state.validates) return;
  const violation = field.listCheck!(Array.isArray(list) ? list : Object.values(list as object));
  if (violation !== undefined) fail(state, "KM1013", `.${field.name}`, violation);
}

/** Sets a field that stands once; a value that means unset undoes an earlier one. */
export function setField(into: Record<string, XdsValue>, field: FieldPlan, value: XdsValue | undefined): void {
  if (value !== undefined && !isUnset(field, value)) into[field.name] = value;
  else if (into[field.name] !== undefined) delete into[field.name];
}

/** Whether the value is the one that a field without presence has when it is not set. */
function isUnset(field: FieldPlan, value: XdsValue): boolean {
  const { unsetValue } = field;
  if (unsetValue === undefined) return false;
  return value === unsetValue || (typeof unsetValue === "object" && (value as Uint8Array).length === 0);
}

/** The value's own rules; reading is at the value. */
export function checkValue(state: ReadState, field: FieldPlan, value: XdsValue | undefined): void {
  if (value === undefined || !state.validates) return;
  const violation = field.check?.(value) ?? (state.judges ? field.judgedCheck?.(value) : undefined);
  if (violation !== undefined) fail(state, "KM1013", "", violation);
}

/** The same where reading is still at the field's message. */
export function checkScalar(state: ReadState, field: FieldPlan, value: XdsValue): void {
  if (field.check === undefined || !state.validates) return;
  const violation = field.check(value);
  if (violation !== undefined) fail(state, "KM1013", `.${field.name}`, violation);
}
