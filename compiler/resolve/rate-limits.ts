import type { LocalRateLimit, RouteRateLimit } from "../decode/gen/types.ts";
import { messageIn, type XdsAny } from "../decode/index.ts";
import { whyNoFormat } from "../syntax/index.ts";
import { refuse, type Scope } from "./scope.ts";

const http = "envoy.extensions.filters.http";
const code = "KM2223";

/** What Envoy refuses of a rate limit filter's configuration, and of what a route sets for it. */
export function checkRateLimitFilter(scope: Scope, any: XdsAny | undefined, path: string, where: "chain" | "route"): void {
  const local = messageIn(any, `${http}.local_ratelimit.v3.LocalRateLimit`);
  if (local) checkLocal(scope, local, path, where);
  const global = messageIn(any, `${http}.ratelimit.v3.RateLimit`) ?? messageIn(any, `${http}.ratelimit.v3.RateLimitPerRoute`);
  const limits = (local ?? global)?.rate_limits ?? [];
  for (const [i, limit] of limits.entries()) checkLimit(scope, limit, `${path}.rate_limits[${i}]`, local !== undefined);
}

function checkLocal(scope: Scope, limit: LocalRateLimit, path: string, where: "chain" | "route"): void {
  if (where === "route" && !limit.token_bucket) refuse(scope, code, path, "the settings of a route have no token_bucket", "add one");
  if (limit.local_cluster_rate_limit && limit.local_rate_limit_per_downstream_connection) {
    const message = "shares of a cluster (local_cluster_rate_limit) and limits of each connection exclude each other";
    refuse(scope, code, path, message, "leave one of them out");
  }
  const seen = new Set<string>();
  for (const [i, { entries = [] }] of (limit.descriptors ?? []).entries()) {
    const key = JSON.stringify(entries.map(({ key = "", value = "" }) => [key, value]));
    if (seen.has(key)) refuse(scope, code, `${path}.descriptors[${i}]`, "a descriptor before it has the same entries", "keep one of them");
    seen.add(key);
  }
}

/** Of the limits in a filter's own list, which count in the place of those of routes. */
function checkLimit(scope: Scope, limit: RouteRateLimit, path: string, isLocal: boolean): void {
  if (limit.stage !== undefined || limit.disable_key) {
    refuse(scope, code, path, "limits in a filter's own list have neither stage nor disable_key", "leave them out");
  }
  if (isLocal && limit.limit) refuse(scope, code, `${path}.limit`, "a local rate limit has the limits of its descriptors", "leave it out");
  const { number, format = "" } = limit.hits_addend ?? {};
  if (format === "") return;
  const at = `${path}.hits_addend`;
  if (number !== undefined) refuse(scope, code, at, "number and format are both set", "leave one of them out");
  const wrong = whyNoFormat(format);
  if (wrong !== undefined) refuse(scope, code, at, `${JSON.stringify(format)}: ${wrong}`, "write an operator such as %REQ(x-a)%");
}
