import type { LirClusterRef, LirDecide, LirTarget } from "./decide.ts";
import type { LirName, LirNames } from "./names.ts";
import { type Printer, pathBelow, quoted, wireQuoted } from "./text.ts";

/** What the parts of the printer share. */
export interface DecidePrinter {
  readonly out: Printer;
  readonly lir: LirDecide;
  readonly names: LirNames & { readonly clusters: readonly LirName[] };
  /** Names of the clusters that there are. */
  readonly clusters: ReadonlySet<string>;
}

/** The line (or lines) of where a connection or request goes. */
export function printTarget(printer: DecidePrinter, target: LirTarget): void {
  const { out } = printer;
  if (target.kind !== "weighted") {
    out.line(`-> ${refText(printer, target)}`);
    return;
  }
  const by = target.header === undefined ? "" : ` by header ${wireQuoted(target.header)}`;
  out.node(`-> weighted${by}`, () => {
    for (const { weight, entry, target: ref } of target.entries) {
      const path = pathBelow(entry, "");
      out.line(`${/clusters\[\d+\]$/.exec(path)?.[0] ?? path} weight ${weight}/${target.total} -> ${refText(printer, ref)}`);
    }
  });
}

function refText({ clusters }: DecidePrinter, ref: LirClusterRef): string {
  if (ref.kind === "header") return `cluster of header ${wireQuoted(ref.header)}`;
  return clusters.has(ref.cluster) ? `cluster ${quoted(ref.cluster)}` : "missing cluster";
}
