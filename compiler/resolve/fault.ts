import type { HTTPFault } from "../decode/gen/types.ts";
import type { HirFault } from "../hir/index.ts";
import { fractionOf } from "./fraction.ts";
import { type Rule, resolveHeaderMatch } from "./matchers.ts";
import { firstPunt, punt, puntedField, type Scope } from "./scope.ts";

/** Switches a chain's fault off. */
export const noFault: HirFault = { headers: [] };

/** A fault, or the diagnostic code of what leaves it to a proxy. */
export function resolveFault(scope: Scope, fault: HTTPFault, path: string): HirFault | string {
  const { delay, abort } = fault;
  const rule: Rule = { scope, punt: undefined };
  const headers = fault.headers?.map((m, i) => resolveHeaderMatch(rule, m, `${path}.headers[${i}]`)) ?? [];
  const grpc =
    abort?.grpc_status === undefined
      ? undefined
      : punt(scope, "KM2207", `${path}.abort.grpc_status`, "a gRPC status is given by a proxy only");
  const punted = firstPunt(
    puntedField(scope, "envoy.extensions.filters.http.fault.v3.HTTPFault", fault),
    puntedField(scope, "envoy.extensions.filters.common.fault.v3.FaultDelay", delay),
    puntedField(scope, "envoy.extensions.filters.http.fault.v3.FaultAbort", abort),
    grpc,
    rule.punt,
  );
  if (punted !== undefined) return punted;
  return {
    ...(abort ? { abort: { status: abort.http_status ?? 0, fraction: fractionOf(abort.percentage) } } : {}),
    ...(delay ? { delay: { duration: delay.fixed_delay ?? 0, fraction: fractionOf(delay.percentage) } } : {}),
    headers,
  };
}
