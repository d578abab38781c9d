import type { DiagnosticSink } from "../diag/index.ts";
import { isValidated } from "./any-type.ts";
import type { FieldPlan } from "./plan/types.ts";

/** Where reading is, and what is told of it. Paths are only built when a diagnostic needs one, from the fields that were entered. */
export interface Reading {
  /** Another one while what is told is kept for the next time. */
  sink: DiagnosticSink;
  /** Gives `clusters["a"]`, or where the resource stands if it has no name. */
  root: () => string;
  /** What an unknown field is: from xDS it is ignored with a note, in a bootstrap it is an error. */
  unknownField: "error" | "note";
  depth: number;
  readonly fields: FieldPlan[];
  /** Index of a list's item, key of a map's value; -1 where there is neither. */
  readonly keys: (number | string)[];
  /** Gives the item's name for lists whose items are known by name. */
  readonly names: ((() => string) | undefined)[];
  /** Whether the protos' rules hold where reading is. */
  validates: boolean;
  /** Whether reading is in a message that is only judged: nothing is told of its fields, but errors. */
  judges: boolean;
  /** Errors so far; any rejects the resource. */
  errors: number;
  /** What was told so far, of any severity. */
  reports: number;
  /** The field that is being noted, and its path: one function for all notes, as there are many. */
  noted: string;
  readonly notedPath: () => string;
}

/** As in protobuf: more is refused. */
export const maxDepth = 100;

/** So that a hostile resource can't fill the memory with what is wrong with it. */
const maxErrors = 20;

/** Starts a resource: `root` gives its path as far as it is known. */
export function startResource(state: Reading, root: () => string, unknownField: Reading["unknownField"]): void {
  state.root = root;
  state.unknownField = unknownField;
  state.depth = 0;
  state.validates = true;
  state.judges = false;
  state.errors = 0;
}

/** Goes down into `field`; the caller undoes it by `state.depth--`. */
export function enter(state: Reading, field: FieldPlan, key: number | string, name?: () => string): void {
  const at = state.depth++;
  state.fields[at] = field;
  state.keys[at] = key;
  if (field.namedItems) state.names[at] = name;
}

/** Goes into the message of an Any of this type; the caller sets `validates` back to what this returns. */
export function enterAny(state: Reading, type: string): boolean {
  const before = state.validates;
  state.validates = before && isValidated(type);
  return before;
}

/** The path of where reading is, `tail` added. */
export function pathOf(state: Reading, tail = ""): string {
  return state.root() + pathBelow(state, 0) + tail;
}

/** From the message at `depth` on, to where reading is. */
export function pathBelow(state: Reading, depth: number): string {
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

export function fail(state: Reading, code: string, tail: string, message: string, hint?: string): void {
  state.errors++;
  state.reports++;
  if (state.errors > maxErrors) return;
  const last = state.errors === maxErrors ? " (further errors of this resource are left out)" : "";
  state.sink.add({ code, severity: "error", path: pathOf(state, tail), message: message + last, ...(hint !== undefined && { hint }) });
}

/**
 * Tells of a field that is set what its support says. False when its value is not to be decoded.
 */
export function admit(state: Reading, field: FieldPlan): boolean {
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
        hint: support.hint,
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
export function unknownField(state: Reading, messageName: string, name: string): void {
  reportUnknown(state, "KM1016", `${messageName}.${name}`, `.${name}`, `${messageName} has no field ${name}`);
}

/** Reading is at the field. */
export function unknownEnumName(state: Reading, name: string, known: Iterable<string>): void {
  const field = state.fields[state.depth - 1]!.label;
  reportUnknown(state, "KM1017", `${field} ${name}`, "", `${name} is none of ${[...known].join(", ")}`);
}

function reportUnknown(state: Reading, code: string, identity: string, tail: string, message: string): void {
  const shown = message.length > 300 ? `${message.slice(0, 300)}...` : message;
  if (state.unknownField === "note" && state.judges) return;
  if (state.unknownField === "error") fail(state, code, tail, shown);
  else {
    state.reports++;
    state.sink.note(code, identity, () => pathOf(state, tail), shown);
  }
}
