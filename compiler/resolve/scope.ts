import { support } from "../decode/support/index.ts";
import type { resolveCodes } from "../diag/codes/resolve.ts";
import type { resolveClusterCodes } from "../diag/codes/resolve-cluster.ts";
import type { resolveHttpCodes } from "../diag/codes/resolve-http.ts";
import { type DiagnosticSink, InternalError } from "../diag/index.ts";
import { joinedText } from "../memo/index.ts";

export type ResolveCode = keyof (typeof resolveCodes & typeof resolveHttpCodes & typeof resolveClusterCodes);

/**
 * One resource on its way to HIR. An error rejects the resource as a whole, as Envoy does: `rejected` then says so, and what was built of
 * it is thrown away. Work goes on to the end, so that one run shows all errors.
 */
export interface Scope {
  readonly sink: DiagnosticSink;
  /** A punt is an error. */
  readonly strict: boolean;
  rejected: boolean;
}

/** Envoy refuses it (or resolves it at random): the resource is out. */
export function refuse(scope: Scope, code: ResolveCode, path: string, message: string, hint: string): void {
  scope.rejected = true;
  scope.sink.add({ code, severity: "error", path, message, hint });
}

/** To throw: validation rules of the protos (KM1013) let no such message through. */
export function refusedByDecode(path: string): InternalError {
  return new InternalError(`${path}: a message that decode refuses came to resolve`);
}

/** Left to a proxy. Returns the code, for the HIR's `punt` fields. */
export function punt(scope: Scope, code: ResolveCode, path: string, message: string, hint: string): string {
  if (scope.strict) refuse(scope, code, path, message, hint);
  else scope.sink.add({ code, severity: "punt", path, message, hint });
  return code;
}

/** No effect here. `field` is the kind: one diagnostic for all of a kind. */
export function note(scope: Scope, code: ResolveCode, field: string, path: () => string, message: string): void {
  scope.sink.note(code, field, path, message);
}

const puntable = new Map<string, readonly string[]>();

/**
 * The code of the first set field of `message` that decode's tables leave to a proxy; absent when there is none. The reader has reported
 * it; here it gets its place in the HIR. `type` is the full message name.
 */
export function puntedField(scope: Scope, type: string, message: object | undefined): string | undefined {
  if (!message) return undefined;
  let fields = puntable.get(type);
  if (!fields) {
    fields = Object.entries(support[type] ?? {}).flatMap(([field, { kind }]) => (kind === "punt" ? [field] : []));
    puntable.set(type, fields);
  }
  const set = message as Readonly<Record<string, unknown>>;
  for (const field of fields) {
    if (set[field] === undefined) continue;
    const declared = support[type]![field]!;
    if (declared.kind !== "punt") throw new InternalError(`${type}.${field} is no punt`);
    if (scope.strict) scope.rejected = true;
    return declared.code;
  }
  return undefined;
}

/** The first of several that is set: punts of one thing, the most telling one first. */
export function firstPunt(...codes: readonly (string | undefined)[]): string | undefined {
  return codes.find((code) => code !== undefined);
}

/**
 * The path of a list's element: by name where it has one that no element before it has (so that paths are stable when an element is
 * inserted), else by index.
 */
export function elementPath(list: string, name: string | undefined, index: number, seen: Set<string>): string {
  if (!name || seen.has(name)) return `${list}[${index}]`;
  seen.add(name);
  // In quotes as in JSON, which keep hostile names on one line.
  return joinedText(list, "[", JSON.stringify(name), "]");
}
