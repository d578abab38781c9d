import { type Diagnostic, InternalError } from "../../compiler/diag/index.ts";
import { ApplyError, diagnosticOf } from "../apply/index.ts";
import { KernelError } from "../kernel/error.ts";

/** Trying the same again can't help: the kernel's verifier said no, or a rule of ours broke. */
export function isPermanent(error: unknown): boolean {
  if (error instanceof KernelError) return error.kind === "verifier" || error.kind === "feature";
  return error instanceof ApplyError || error instanceof InternalError;
}

/** Of an apply that failed. Bugs are told, not thrown: the data plane and the daemon go on. */
export function applyProblem(error: unknown, path: string): Diagnostic {
  try {
    return diagnosticOf(error, path);
  } catch {
    return internal(error, path);
  }
}

/** Of a build that failed for a reason that is not a resource's. */
export function internal(error: unknown, path: string): Diagnostic {
  const message = error instanceof Error ? error.message : String(error);
  return { code: "KM6301", severity: "error", path, message, hint: "it is a bug: report it with the snapshot and this message" };
}
