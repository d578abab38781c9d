/**
 * Reading and setting fields of proto3 JSON without a schema: a field has two legal spellings, snake_case and camelCase.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [field: string]: Json;
}

/** True for a JSON object (not a list, not null). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The lowerCamelCase spelling of a snake_case proto field. */
export function camelCase(field: string): string {
  return field.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The field's value in either spelling; null counts as unset. */
export function getField(message: JsonObject, field: string): Json | undefined {
  const value = message[field] ?? message[camelCase(field)];
  return value === null ? undefined : value;
}

/** Replaces the field, whatever its spelling was; undefined removes it. */
export function setField(message: JsonObject, field: string, value: Json | undefined): void {
  const spelled = Object.hasOwn(message, camelCase(field)) ? camelCase(field) : field;
  delete message[field];
  delete message[camelCase(field)];
  if (value !== undefined) message[spelled] = value;
}

/** A repeated field as a list; Envoy reads a lone object as a list of one. */
export function getList(message: JsonObject, field: string): Json[] {
  const value = getField(message, field);
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The full name in an `@type`: what follows the last slash. */
export function anyType(value: JsonObject): string {
  const type = value["@type"];
  return typeof type === "string" ? type.slice(type.lastIndexOf("/") + 1) : "";
}
