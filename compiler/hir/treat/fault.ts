import { compileHeader, type RequestTest } from "../interpret/match-header.ts";
import type { HirFault } from "../model.ts";
import type { Exchange } from "./exchange.ts";

/** The share of requests that a fault filter aborts, and with which status. Delays change no outcome. */
export interface Abort {
  readonly probability: number;
  readonly status: number;
}

const tests = new WeakMap<HirFault, readonly RequestTest[]>();

/** The route's fault settings replace the chain's. The filter runs before the router: redirects and missing routes are aborted too. */
export function abortOf(exchange: Exchange): Abort | undefined {
  const { request, share } = exchange;
  if (!request || share.outcome.kind === "punt" || (share.outcome.kind === "respond" && share.outcome.why === "bad_request"))
    return undefined;
  const [ofChain, ofRoute] = [exchange.http?.fault, exchange.route?.fault];
  const fault = ofRoute && ofRoute.filter === ofChain?.filter ? ofRoute : ofChain;
  if (!fault?.abort) return undefined;
  let matchers = tests.get(fault);
  if (!matchers) {
    matchers = fault.headers.map(compileHeader);
    tests.set(fault, matchers);
  }
  if (!matchers.every((test) => test(request))) return undefined;
  const { numerator, denominator } = fault.abort.fraction;
  const probability = Math.min(1, numerator / denominator);
  return probability > 0 ? { probability, status: fault.abort.status } : undefined;
}
