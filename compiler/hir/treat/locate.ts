import { wireText } from "../bytes.ts";
import type { HttpRequest } from "../interpret/request.ts";
import type { HirRedirect, HirRoute } from "../model.ts";
import { rewritePath } from "./rewrite-path.ts";

/**
 * The `location` of a redirect route; without `redirect`, of a direct response: the request's own URL. CONNECT has none, as it has no path,
 * unless a rewrite gives it one.
 */
export function locate(request: HttpRequest, route: HirRoute, redirect?: HirRedirect): string | undefined {
  const path = (redirect && rewritePath(request.path ?? "", redirect, route)) ?? request.path;
  if (path === undefined) return undefined;
  const scheme = redirect?.scheme ?? (redirect?.https ? "https" : request.scheme);
  const port = redirect?.port === undefined ? "" : `:${redirect.port}`;
  const host = redirect?.host !== undefined && redirect.host !== "" ? wireText(redirect.host) : ownHost(request, scheme, port);
  return `${wireText(scheme)}://${host}${port}${newPath(path, redirect)}`;
}

/** require_tls: the same URL, host and port unchanged. CONNECT has none. */
export function locateTls(request: HttpRequest): string | undefined {
  return request.path === undefined ? undefined : `https://${request.authority}${request.path}`;
}

/** The request's host: its port goes when a new one is set, or when it is the default of a scheme that changes. */
function ownHost(request: HttpRequest, scheme: string, newPort: string): string {
  const host = request.authority;
  const colon = host.startsWith("[") ? host.lastIndexOf("]:") + 1 || -1 : host.lastIndexOf(":");
  if (colon < 0) return host;
  const port = host.slice(colon);
  const protocol = request.values("x-forwarded-proto")[0] ?? "";
  const isDefault = /^https$/i.test(protocol) ? port === ":443" : /^http$/i.test(protocol) && port === ":80";
  return newPort !== "" || (scheme !== protocol && isDefault) ? host.slice(0, colon) : host;
}

function newPath(rewritten: string, redirect: HirRedirect | undefined): string {
  const fixed = redirect?.path === undefined || redirect.path === "" ? undefined : wireText(redirect.path);
  const query = rewritten.indexOf("?");
  let result = rewritten;
  if (fixed !== undefined) result = fixed.includes("?") || query < 0 ? fixed : fixed + rewritten.slice(query);
  if (!result.startsWith("/")) result = `/${result}`;
  const cut = result.indexOf("?");
  return redirect?.stripQuery && !fixed?.includes("?") && cut >= 0 ? result.slice(0, cut) : result;
}
