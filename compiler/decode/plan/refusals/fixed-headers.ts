import type { XdsValue } from "../../types.ts";

/** Why Envoy lets no configuration change or copy a header of this name; undefined where it does. */
export function whyFixed(name: XdsValue | undefined, verb: "modified" | "removed" | "copied"): string | undefined {
  const text = String(name ?? "");
  return text.startsWith(":") || text.toLowerCase() === "host" ? `:-prefixed or host headers may not be ${verb}` : undefined;
}
