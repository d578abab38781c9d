import { QUOTE } from "../json/letters.ts";
import { firstByte, isJsonObject, memberAt, newJsonReader, readString } from "../json/reader.ts";
import { camelCase } from "../plan/plan.ts";
import type { XdsKind } from "../types.ts";
import type { RawContent } from "./raw.ts";

export type JsonFields = Readonly<Record<string, unknown>>;

/** A field by its snake_case name, in either spelling. */
export function fieldOf(object: JsonFields, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : ownField(object, camelCase(name));
}

function ownField(object: JsonFields, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function objectField(object: JsonFields, name: string): JsonFields | undefined {
  const value = fieldOf(object, name);
  return isJsonObject(value) ? value : undefined;
}

/** The list's objects; a field that is absent or no list has none. */
export function listField(object: JsonFields, name: string): readonly unknown[] {
  const value = fieldOf(object, name);
  return Array.isArray(value) ? value : [];
}

export function textField(object: JsonFields, name: string): string {
  const value = fieldOf(object, name);
  return typeof value === "string" ? value : "";
}

export function nameOfResource(kind: XdsKind, content: RawContent): string {
  const name = kind === "endpoint" ? "cluster_name" : "name";
  const reader = newJsonReader(content, content.start);
  const at = memberAt(reader, name) ?? (kind === "endpoint" ? memberAt(reader, camelCase(name)) : undefined);
  return at && firstByte(at) === QUOTE ? readString(at) : "";
}
