import { wireText } from "../bytes.ts";
import { pathOnly } from "../interpret/request.ts";
import type { HirRegexRewrite, HirRoute } from "../model.ts";
import { compileRegex } from "../regex.ts";

/** The rewrites that routes and redirects share. */
export interface PathRewrite {
  readonly prefixRewrite?: string;
  readonly regexRewrite?: HirRegexRewrite;
}

/**
 * The path, with its query, after prefix_rewrite (which replaces the matched prefix textually; the whole path where a path or a regex
 * matched) or regex_rewrite. Absent: nothing is rewritten, as when a regex leaves nothing.
 */
export function rewritePath(path: string, rewrite: PathRewrite, route: HirRoute): string | undefined {
  if (rewrite.prefixRewrite !== undefined && rewrite.prefixRewrite !== "") {
    return wireText(rewrite.prefixRewrite) + path.slice(matchedLength(path, route));
  }
  if (!rewrite.regexRewrite) return undefined;
  const old = pathOnly(path);
  const changed = replaceRegex(old, rewrite.regexRewrite);
  return changed === "" ? undefined : changed + path.slice(old.length);
}

export function replaceRegex(text: string, rewrite: HirRegexRewrite): string {
  return compileRegex(rewrite.regex).replaceAll(text, rewrite.substitution);
}

function matchedLength(path: string, route: HirRoute): number {
  const match = route.match.path;
  switch (match.kind) {
    case "prefix":
    case "path":
    case "path_separated_prefix":
      return wireText(match.value).length;
    case "regex":
    case "template":
    case "connect":
      return pathOnly(path).length;
  }
}
