import type { Answer } from "../decision.ts";
import type { Exchange } from "./exchange.ts";
import { rewritePath } from "./rewrite-path.ts";

/** RFC 9110 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Bytes that no header's value may have. */
const control = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * Why Envoy's codec does not send a request that a route has made unfit, in its words; undefined where it is sent. It looks at the request
 * once an endpoint is there to send it to, and answers 503.
 */
export function whyUnsendable(exchange: Exchange, upstream: Answer["upstream"]): string | undefined {
  if (!upstream) return undefined;
  if (isConnectWithPath(exchange)) return "missing required header: :protocol";
  const { authority, path, headers = [] } = upstream;
  const pseudo: readonly (readonly [string, string | undefined])[] = [
    [":authority", authority],
    [":path", path],
  ];
  for (const [name, value] of pseudo) if (value !== undefined && control.test(value)) return `invalid header value for: ${name}`;
  for (const [name, value] of headers) {
    if (!token.test(name)) return `invalid header name: ${JSON.stringify(name).slice(1, -1)}`;
    if (control.test(value)) return `invalid header value for: ${name}`;
  }
  return undefined;
}

/** CONNECT with a path, from a rewrite, needs `:protocol`, which HTTP/1 hasn't. */
function isConnectWithPath({ request, route }: Exchange): boolean {
  if (!request || request.path !== undefined || !route) return false;
  return rewritePath("", route.treatment, route) !== undefined;
}
