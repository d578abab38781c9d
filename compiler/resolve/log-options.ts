import { refuse, type Scope } from "./scope.ts";

/** Access logs are not written, but Envoy takes no old field about them beside access_log_options. */
export function checkLogOptions<K extends string>(
  scope: Scope,
  from: { readonly [field in K | "access_log_options"]?: unknown },
  older: readonly K[],
  path: string,
): void {
  if (from.access_log_options === undefined) return;
  for (const field of older) {
    if (from[field] !== undefined) refuse(scope, "KM2216", path, `access_log_options and ${field} are both set`, "keep access_log_options");
  }
}
