import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { XdsEvents, XdsUpdate, XdsVerdict } from "./types.ts";

/**
 * Hands an update to the consumer and tells its verdict, at once where it is no promise. A consumer that fails has rejected the update: the last
 * good stays, and `failure` says what happened.
 */
export function decided(events: XdsEvents, update: XdsUpdate, tell: (verdict: XdsVerdict, failure?: Diagnostic) => void): void {
  const fail = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    const failure = { code: "KM7021", severity: "error", path: `${update.kind}s`, message } as const;
    tell({ kind: "rejected", diagnostics: [failure] }, failure);
  };
  let verdict: XdsVerdict | Promise<XdsVerdict>;
  try {
    verdict = events.onUpdate(update);
  } catch (error) {
    fail(error);
    return;
  }
  if (verdict instanceof Promise) verdict.then(tell, fail);
  else tell(verdict);
}
