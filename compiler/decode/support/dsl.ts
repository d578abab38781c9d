import { InternalError } from "../../diag/index.ts";
import type { FieldSupport, MessageSupport } from "../types.ts";

/** Fields of one message that are treated alike. */
export interface FieldGroup {
  readonly support: FieldSupport;
  readonly fields: readonly string[];
}

/** What a note says, whatever the field: its code and text. Made by `notice`, for texts that many messages share. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}

/** Read and obeyed, by decode or by resolve. */
export function honoured(...fields: string[]): FieldGroup {
  return { support: { kind: "honoured" }, fields };
}

/** No effect here; said once per kind. */
export function note(code: string, message: string, ...fields: string[]): FieldGroup {
  return { support: { kind: "note", code, message }, fields };
}

/** A note in words that several messages share. */
export function noted(notice: Notice, ...fields: string[]): FieldGroup {
  return note(notice.code, notice.message, ...fields);
}

/** The same, kept for resolve: what Envoy refuses of it depends on other fields. */
export function notedAndKept({ code, message }: Notice, ...fields: string[]): FieldGroup {
  return { support: { kind: "note", code, message, kept: true }, fields };
}

export function notice(code: string, message: string): Notice {
  return { code, message };
}

/** Leaves the traffic to a proxy or the relay. What stands below the field is judged, and taken as it is: the proxy reads it. */
export function punt(code: string, message: string, hint: string, ...fields: string[]): FieldGroup {
  return { support: { kind: "punt", code, message, hint }, fields };
}

/** Rejects the resource. */
export function rejected(code: string, message: string, hint: string, ...fields: string[]): FieldGroup {
  return { support: { kind: "error", code, message, hint }, fields };
}

/** The table of one message. Throws InternalError where a field stands in two groups. */
export function message(...groups: readonly FieldGroup[]): MessageSupport {
  const table: Record<string, FieldSupport> = {};
  for (const { support, fields } of groups) {
    for (const field of fields) {
      if (table[field]) throw new InternalError(`field ${field} stands twice in one support table`);
      table[field] = support;
    }
  }
  return Object.freeze(table);
}
