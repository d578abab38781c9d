import type { XdsKind } from "../../compiler/decode/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Named } from "./draft.ts";
import { edsNameOf } from "./eds-name.ts";
import type { HeldKinds } from "./held.ts";
import { keyOf, type Rejection } from "./types.ts";

const lists = { listener: "listeners", route: "routes", cluster: "clusters", endpoint: "endpoints" } as const;

/** Changes that errors are about: the resource that the path begins with, or the endpoints of a cluster that is in error itself. */
export function blame(diagnostics: readonly Diagnostic[], pending: Named, held: HeldKinds): readonly Rejection[] {
  const blamed = new Map<string, { kind: XdsKind; name: string; diagnostics: Diagnostic[] }>();
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity !== "error") continue;
    const root = rootOf(diagnostic.path);
    if (!root) continue;
    const candidates = [root];
    if (root.kind === "cluster") candidates.push({ kind: "endpoint", name: edsNameOf(held.cluster.get(root.name)) });
    const found = candidates.find(({ kind, name }) => pending.has(keyOf(kind, name)) && held[kind].get(name));
    if (!found) continue;
    const key = keyOf(found.kind, found.name);
    const entry = blamed.get(key) ?? { ...found, diagnostics: [] };
    entry.diagnostics.push(diagnostic);
    blamed.set(key, entry);
  }
  return [...blamed.values()];
}

/** The resource that a diagnostic's path begins with. */
function rootOf(path: string): { readonly kind: XdsKind; readonly name: string } | undefined {
  const match = /^(listeners|routes|clusters|endpoints)\[("(?:[^"\\]|\\.)*")\]/.exec(path);
  if (!match) return undefined;
  const kind = (Object.keys(lists) as XdsKind[]).find((each) => lists[each] === match[1])!;
  return { kind, name: JSON.parse(match[2]!) as string };
}
