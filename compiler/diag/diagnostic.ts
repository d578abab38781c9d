/**
 * What a stage has to say about its input. One shape for the whole compiler; rendering is in render.ts and only the cli prints.
 *
 * Severity: `error` rejects the resource it names (the last good one stays), `punt` hands the traffic to a userspace proxy or the
 * daemon's relay, `note` says that a field has no effect here.
 */
export type Severity = "error" | "punt" | "note";

export interface Diagnostic {
  /** Declared in codes.ts: KM1xxx decode, KM2xxx resolve, KM3xxx lower, KM4xxx layout, KM5xxx emit. */
  readonly code: string;
  readonly severity: Severity;
  /** Where, in xDS words: `routes["9080"].virtual_hosts["a"].routes[2].match.safe_regex`. */
  readonly path: string;
  readonly message: string;
  /** What the reader can do about it. */
  readonly hint?: string;
  /** How many places gave this diagnostic, when notes of one kind are folded into the first of them. Absent means 1. */
  readonly count?: number;
}

/** Where stages put diagnostics. `note` folds repeats by (code, field), so that a mesh of 10,000 services reports a kind once. */
export interface DiagnosticSink {
  add(diagnostic: Diagnostic): void;
  /**
   * Folded: `field` (e.g. `RouteAction.timeout`) is the identity.
   * @param path called at once or never: it may tell where reading is
   * @param count of so many places, of which `path` is the first. Default 1
   */
  note(code: string, field: string, path: () => string, message: string, count?: number): void;
}

/** A bug of ours, never the input's fault: the message says which rule broke. */
export class InternalError extends Error {
  override name = "InternalError";
}

/** For the end of an exhaustive switch. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected ${JSON.stringify(value)}`);
}
