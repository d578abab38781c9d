import { type Diagnostic, InternalError } from "../../compiler/diag/index.ts";
import { KernelError } from "../kernel/error.ts";

/** An apply that can't be done, for a reason that is not the kernel's. */
export class ApplyError extends Error {
  override name = "ApplyError";
  readonly diagnostic: Diagnostic;

  constructor(code: string, path: string, message: string, hint: string) {
    super(message);
    this.diagnostic = { code, severity: "error", path, message, hint };
  }
}

/** The diagnostic of an error that the user can do something about; other errors are bugs and thrown again. */
export function diagnosticOf(error: unknown, path: string): Diagnostic {
  if (error instanceof ApplyError) return error.diagnostic;
  if (error instanceof KernelError) {
    const { code, message, hint } = error;
    return { code, severity: "error", path, message, ...(hint === undefined ? {} : { hint }) };
  }
  throw error instanceof Error ? error : new InternalError(String(error));
}
