import type { HirHttp } from "../model.ts";
import { pathOnly } from "./request.ts";

export type NormalizedPath =
  | { readonly kind: "path"; readonly path: string }
  /** UNESCAPE_AND_REDIRECT: 307 to `path`. */
  | { readonly kind: "redirect"; readonly path: string }
  | { readonly kind: "refused" };

/**
 * What the connection manager does to `:path` before anything looks at it, in Envoy's order: fragments, escaped slashes,
 * normalize_path, merge_slashes. The query stays as it is.
 */
export function normalizePath(target: string, http: Pick<HirHttp, "escapedSlashes" | "normalizePath" | "mergeSlashes">): NormalizedPath {
  if (target.includes("#")) return { kind: "refused" };
  let path = pathOnly(target);
  const query = target.slice(path.length);
  let redirect = false;
  if (http.escapedSlashes !== "keep") {
    const unescaped = path.replace(/%2f/gi, "/").replace(/%5c/gi, "\\");
    if (unescaped !== path) {
      if (http.escapedSlashes === "reject") return { kind: "refused" };
      redirect = http.escapedSlashes === "unescape_and_redirect";
      path = unescaped;
    }
  }
  if (http.normalizePath) {
    const canonical = canonicalPath(path);
    if (canonical === undefined) return { kind: "refused" };
    path = canonical;
  }
  if (http.mergeSlashes) path = mergeSlashes(path);
  return { kind: redirect ? "redirect" : "path", path: path + query };
}

/** Empty segments go, but for one slash at each end: `//` stays. */
function mergeSlashes(path: string): string {
  if (!path.includes("//")) return path;
  const inner = path.split("/").filter((segment) => segment !== "");
  return `${path.startsWith("/") ? "/" : ""}${inner.join("/")}${path.endsWith("/") ? "/" : ""}`;
}

const escaped = /["<>^`{|}]/g;
const unreserved = /^[A-Za-z0-9\-._~]$/;
const hexPair = /^[0-9A-Fa-f]{2}/;
const dot = /^(?:\.|%2e)$/i;
const dots = /^(?:\.|%2e){2}$/i;

/** As Chromium's URL canonicaliser does it: `%00` has no canonical form; invalid escapes and those of reserved bytes are kept. */
function canonicalPath(path: string): string | undefined {
  // `.;x` and `..;x` count as dot segments, whatever their parameters are.
  const bare = path.replace(/(^|\/)(\.{1,2});[^/]*/g, "$1$2");
  if (bare.includes("%00")) return undefined;
  const segments = bare.slice(1).split(/[/\\]/);
  const out: string[] = [];
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    if (dots.test(segment)) out.pop();
    if (dots.test(segment) || dot.test(segment)) {
      if (last) out.push("");
      return;
    }
    out.push(canonicalSegment(segment));
  });
  return `/${out.join("/")}`;
}

function canonicalSegment(segment: string): string {
  return unescapeUnreserved(segment).replace(escaped, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A `%` that began no escape is escaped itself where what is unescaped behind it would make it begin one: `/%2%66` is `/%252f`. */
function unescapeUnreserved(segment: string): string {
  let out = "";
  let lone = Number.NEGATIVE_INFINITY;
  for (const { 0: token, index } of segment.matchAll(/%[0-9A-Fa-f]{2}|./gs)) {
    const byte = token.length === 3 ? String.fromCharCode(Number.parseInt(token.slice(1), 16)) : token;
    if (token === "%") lone = out.length;
    if (token.length === 1 || !unreserved.test(byte)) {
      out += token;
      continue;
    }
    const begun = lone >= out.length - 2 ? out.slice(lone + 1) : undefined;
    const nested = begun !== undefined && hexPair.test(begun + byte + segment.charAt(index + 3));
    out = nested ? `${out.slice(0, lone)}%25${begun}${byte}` : out + byte;
  }
  return out;
}
