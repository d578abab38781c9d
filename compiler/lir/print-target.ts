import type { LirClusterRef, LirDecide, LirTarget } from "./decide.ts";
import type { LirName, LirNames } from "./names.ts";
import { type Printer, pathBelow, quoted, wireQuoted } from "./text.ts";

/** What the parts of the printer share. */
export interface DecidePrinter {
  readonly out: Printer;
  readonly lir: LirDecide;
  readonly names: LirNames & { readonly clusters: readonly LirName[] };
}

/** The line (or lines) of where a connection or request goes. */
export function printTarget(printer: DecidePrinter, target: LirTarget): void {
  const { out, lir } = printer;
  if (target.kind !== "weighted") {
    out.line(`-> ${refText(printer, target)}`);
    return;
  }
  const by = target.header === undefined ? "" : ` by header ${wireQuoted(lir.headers[target.header]!)}`;
  out.node(`-> weighted${by}`, () => {
    for (const { weight, entry, target: ref } of target.entries) {
      const path = pathBelow(lir.entries[entry]!, "");
      out.line(`${/clusters\[\d+\]$/.exec(path)?.[0] ?? path} weight ${weight}/${target.total} -> ${refText(printer, ref)}`);
    }
  });
}

function refText({ lir, names }: DecidePrinter, ref: LirClusterRef): string {
  if (ref.kind === "header") return `cluster of header ${wireQuoted(lir.headers[ref.header]!)}`;
  return ref.cluster === undefined ? "missing cluster" : `cluster ${quoted(names.clusters[ref.cluster]!.name)}`;
}
