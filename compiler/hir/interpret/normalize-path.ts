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
const dot = /^(?:\.|%2e)$/i;
const dots = /^(?:\.|%2e){2}$/i;

/** As Chromium's URL canonicaliser does it: `%00` has no canonical form; invalid escapes and those of reserved bytes are kept. */
function canonicalPath(path: string): string | undefined {
  if (path.includes("%00")) return undefined;
  // `.;x` and `..;x` count as dot segments.
  const bare = path.replace(/(^|\/)(\.{1,2});[^/]*/g, "$1$2");
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
  return segment
    .replace(/%([0-9A-Fa-f]{2})/g, (triplet, hex: string) => {
      const byte = String.fromCharCode(Number.parseInt(hex, 16));
      return unreserved.test(byte) ? byte : triplet;
    })
    .replace(escaped, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}
