/** What is done with the values that were read, by either reader: they are checked by the protos' rules, and kept. */
import type { FieldPlan, MessagePlan } from "./plan/types.ts";
import { fail, type Reading } from "./reading.ts";
import type { ReadState } from "./state.ts";
import type { XdsValue } from "./types.ts";

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

/** Reads a note, so that what Envoy would refuse is refused; into the field's message where it is kept. Returns whether it is set. */
export function judge(
  state: Reading,
  field: FieldPlan,
  message: Record<string, XdsValue>,
  read: (into: Record<string, XdsValue>) => void,
): boolean {
  const target = field.isKept ? message : {};
  judging(state, () => read(target));
  const value = target[field.name];
  if (field.listCheck !== undefined && value !== undefined) checkList(state, field, value);
  return value !== undefined;
}

/** Reads what resolve may not look at: what Envoy would refuse of it is refused here, all of it. */
export function judging(state: Reading, read: () => void): void {
  const before = state.judges;
  state.judges = true;
  read();
  state.judges = before;
}

/** The value's own rules; reading is at the value. */
export function checkValue(state: Reading, field: FieldPlan, value: XdsValue | undefined): void {
  if (value === undefined || !state.validates) return;
  const violation = field.check?.(value) ?? (state.judges ? field.judgedCheck?.(value) : undefined);
  if (violation !== undefined) fail(state, "KM1013", "", violation);
}

/** The same where reading is still at the field's message. */
export function checkScalar(state: Reading, field: FieldPlan, value: XdsValue): void {
  if (field.check === undefined || !state.validates) return;
  const violation = field.check(value);
  if (violation !== undefined) fail(state, "KM1013", `.${field.name}`, violation);
}

/** As checkValue. What is asked of a message may depend on its texts, those recorded from `first` on: none of these may differ in its form. */
export function checkNested(state: ReadState, field: FieldPlan, value: XdsValue | undefined, first: number): void {
  checkValue(state, field, value);
  const isAsked = field.check !== undefined || (state.judges && field.judgesTexts);
  if (isAsked && state.recording !== undefined) state.recording.texts.length = first;
}

/**
 * Rules on the whole message: what is absent, and how long lists are. `set` has the bits of those oneofs, and of those required fields that are
 * not kept, that are set.
 */
export function checkMessage(state: Reading, plan: MessagePlan, message: Readonly<Record<string, unknown>>, set: number): void {
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

function checkList(state: Reading, field: FieldPlan, list: XdsValue): void {
  if (!state.validates) return;
  const violation = field.listCheck!(Array.isArray(list) ? list : Object.values(list as object));
  if (violation !== undefined) fail(state, "KM1013", `.${field.name}`, violation);
}
