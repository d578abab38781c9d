import type { Json, JsonObject } from "../../json-fields.ts";
import { textFor } from "../regexes.ts";

/** What the rules of a table name. */
export interface Hints {
  readonly domains: readonly string[];
  readonly paths: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
  readonly names: readonly string[];
  /** Undefined: no CORS policy. */
  readonly origins: readonly string[] | undefined;
}

/** Of a route configuration, wherever it stands. */
export function collectHints(table: JsonObject): Hints {
  const found = { domains: [] as string[], paths: [] as string[], headers: [] as [string, string][], names: [] as string[] };
  let origins: string[] | undefined;
  const visit = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === "domains") found.domains.push(...(inner as string[]));
        if (["prefix", "path", "path_separated_prefix", "path_template"].includes(key) && typeof inner === "string")
          found.paths.push(inner);
        if (key === "regex" && typeof inner === "string") found.paths.push(...pathsOf(inner));
        if (key === "allow_origin_string_match") origins = [...(origins ?? []), ...(inner as Json[]).map(wantedBy)];
        if (["cluster_header", "header_name", "vhost_header", "host_rewrite_header"].includes(key)) found.names.push(String(inner));
        visit(inner);
      }
      const { name } = value;
      if (typeof name === "string" && ("string_match" in value || "range_match" in value || "present_match" in value)) {
        found.headers.push([name, wantedBy(value)]);
      } else if (typeof name === "string" && /^[a-z_-]+$/i.test(name)) found.names.push(name);
    }
  };
  visit(table);
  return { ...found, origins };
}

/** A text that a matcher may take. */
function wantedBy(matcher: Json): string {
  const text = JSON.stringify(matcher);
  const regex = /"regex":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  if (regex) return textFor(JSON.parse(regex)) ?? "a";
  return /"(?:exact|prefix|suffix|contains|start)":"([^"]*)"/.exec(text)?.[1] ?? "a";
}

/** Texts that an expression may take. */
function pathsOf(regex: string): string[] {
  const own = textFor(regex);
  if (own !== undefined) return own.startsWith("/") ? [own, own, `${own}/a`] : [];
  return regex.startsWith("/") || regex.startsWith("^/") || regex.startsWith("(")
    ? ["/a", "/b", "/a/1/b", "/a.b", "/aaa", "/ac", "/abbcd", "/12", "/a/b", "/x.js"]
    : [];
}
