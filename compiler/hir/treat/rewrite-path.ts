import { assertNever } from "../../diag/index.ts";
import { asciiLower, wireText } from "../bytes.ts";
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
 * matched; never for a template) or regex_rewrite. Absent: nothing is rewritten, as when a regex leaves nothing.
 */
export function rewritePath(path: string, rewrite: PathRewrite, route: HirRoute): string | undefined {
  if (rewrite.prefixRewrite !== undefined && rewrite.prefixRewrite !== "") {
    const matched = matchedText(path, route);
    // The match may have ignored path parameters that the path still has: then nothing is rewritten.
    if (!asciiLower(path).startsWith(asciiLower(matched))) return undefined;
    return wireText(rewrite.prefixRewrite) + path.slice(matched.length);
  }
  if (!rewrite.regexRewrite) return undefined;
  const old = pathOnly(path);
  const changed = replaceRegex(old, rewrite.regexRewrite);
  return changed === "" ? undefined : changed + path.slice(old.length);
}

export function replaceRegex(text: string, rewrite: HirRegexRewrite): string {
  return compileRegex(rewrite.regex).replaceAll(text, rewrite.substitution);
}

function matchedText(path: string, route: HirRoute): string {
  const match = route.match.path;
  switch (match.kind) {
    case "prefix":
    case "path":
    case "path_separated_prefix":
      return wireText(match.value);
    case "template":
      return wireText(match.template);
    case "regex":
    case "connect":
      return pathOnly(path);
    default:
      return assertNever(match);
  }
}
