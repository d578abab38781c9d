import { readBundle } from "../bundle/index.ts";
import { decodeSnapshot } from "../decode/index.ts";
import { Collector, type Diagnostic, escapeControl } from "../diag/index.ts";
import type { HirModel } from "../hir/index.ts";
import { resolveAhead, resolveSnapshot } from "../resolve/index.ts";
import { RejectedError, UsageError } from "./exit.ts";
import { type Input, type InputFile, openInput } from "./input.ts";

/** A model that commands work on, from a snapshot or out of a bundle, with what decode and resolve said on the way. */
export interface Session {
  readonly model: HirModel;
  readonly diagnostics: readonly Diagnostic[];
  /** The bundle it came from, verified. */
  readonly bundle?: import("../bundle/index.ts").Bundle;
}

export interface SessionOptions {
  readonly strict?: boolean;
  /** Every note with its path instead of folded by kind. */
  readonly everyNote?: boolean;
}

/** Reads a snapshot or a bundle. A bundle that does not verify is a UsageError: there is nothing to work on. */
export function openSession(path: string, options: SessionOptions = {}): Session {
  return sessionOf(openInput(path), options);
}

/** As openSession, for commands that answer about a mesh. A snapshot of which nothing can be read is a RejectedError: it is no empty mesh. */
export function openMesh(path: string): Session {
  const session = openSession(path);
  const { listeners, routeConfigs, clusters } = session.model;
  const errors = errorsOf(session);
  if (errors.length === 0 || listeners.length + routeConfigs.length + clusters.length > 0) return session;
  const more = errors.length > maxTold ? `; and ${errors.length - maxTold} more, see kmesh-compile check ${path}` : "";
  throw new RejectedError(`nothing of ${path} can be used: ${inLine(errors.slice(0, maxTold))}${more}`);
}

/** Errors that a line on stderr holds. */
const maxTold = 3;

function inLine(diagnostics: readonly Diagnostic[]): string {
  return escapeControl(
    diagnostics.map(({ code, path, message, hint }) => `${code} ${path}: ${message}${hint ? ` (${hint})` : ""}`).join("; "),
  );
}

/** On stderr: an answer about the rest must not pass for one about the whole. */
export function tellRejected(session: Session, path: string): void {
  const { length } = session.bundle ? [] : errorsOf(session);
  if (length > 0)
    process.stderr.write(`kmesh-compile: errors: ${length}; what they reject has no part in this; see kmesh-compile check ${path}\n`);
}

function errorsOf({ diagnostics }: Session): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === "error");
}

function sessionOf(input: Input, options: SessionOptions): Session {
  if (input.kind === "bundle") {
    const { bundle, diagnostics } = readBundle(input.path);
    if (!bundle) throw new UsageError(`${input.path} is no valid bundle: ${inLine(diagnostics)}`);
    const { model, diagnostics: said } = bundle;
    if (!model)
      throw new UsageError(`${input.path} holds no rules: kmesh-daemon persists what it applies, and no more. dump shows its tables`);
    return { model, diagnostics: said.filter(({ code }) => ofReading.test(code)), bundle };
  }
  return resolveFiles(input.files, options);
}

/** Codes of decode and resolve. A bundle has those of later stages too, which say them again when they run again. */
const ofReading = /^KM[12]/;

/** decode and resolve: what `check` says, without tables. */
export function resolveFiles(files: readonly InputFile[], options: SessionOptions): Session {
  const sink = new Collector({ everyNote: options.everyNote ?? false });
  const { strict = false } = options;
  const snapshot = decodeSnapshot(files, sink, (resource) => resolveAhead(resource, strict));
  const model = resolveSnapshot(snapshot, sink, { strict });
  return { model, diagnostics: strictly(sink.list(), strict) };
}

/** Under --strict what is left to a proxy is an error. */
export function strictly(diagnostics: readonly Diagnostic[], strict: boolean): readonly Diagnostic[] {
  if (!strict) return diagnostics;
  return diagnostics.map((d) => (d.severity === "punt" ? { ...d, severity: "error" as const } : d));
}
