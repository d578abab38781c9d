import type { HTTPFault } from "../decode/gen/types.ts";
import type { HirFault } from "../hir/index.ts";
import { fractionOf } from "./fraction.ts";
import { type Rule, resolveHeaderMatch } from "./matchers.ts";
import { firstPunt, note, puntedField, type Scope } from "./scope.ts";

/** A fault filter that is off. */
export function noFault(filter: string): HirFault {
  return { filter, headers: [] };
}

/** What an abort with grpc_status answers, to clients of gRPC and others alike; the reason is in a header. */
const okWithGrpcStatus = 200;

/** Refuses what Envoy refuses in a fault that is not run. */
export function judgeFault(scope: Scope, { headers = [] }: HTTPFault, path: string): void {
  for (const [i, match] of headers.entries()) resolveHeaderMatch({ scope, punt: undefined }, match, `${path}.headers[${i}]`);
}

/** The fault of the filter named `filter`, or the diagnostic code of what leaves it to a proxy. */
export function resolveFault(scope: Scope, filter: string, fault: HTTPFault, path: string): HirFault | string {
  const { delay, abort } = fault;
  const rule: Rule = { scope, punt: undefined };
  const headers = fault.headers?.map((m, i) => resolveHeaderMatch(rule, m, `${path}.headers[${i}]`)) ?? [];
  const punted = firstPunt(
    puntedField(scope, "envoy.extensions.filters.http.fault.v3.HTTPFault", fault),
    puntedField(scope, "envoy.extensions.filters.common.fault.v3.FaultDelay", delay),
    puntedField(scope, "envoy.extensions.filters.http.fault.v3.FaultAbort", abort),
    rule.punt,
  );
  if (punted !== undefined) return punted;
  if (fault.max_active_faults === 0) return { filter, headers };
  if (fault.max_active_faults !== undefined)
    note(scope, "KM2217", "HTTPFault.max_active_faults", () => path, "faults are not counted: all of them happen");
  return {
    ...(abort ? { abort: { status: abort.http_status ?? okWithGrpcStatus, fraction: fractionOf(abort.percentage) } } : {}),
    ...(delay ? { delay: { duration: delay.fixed_delay ?? 0, fraction: fractionOf(delay.percentage) } } : {}),
    filter,
    headers,
  };
}
