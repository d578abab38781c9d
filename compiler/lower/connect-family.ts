import type { DiagnosticSink } from "../diag/index.ts";
import type { HirModel } from "../hir/index.ts";
import type { LirConnect, LirLeaf } from "../lir/connect.ts";
import { createEach, type Last } from "../memo/index.ts";
import { firstIpv6 } from "./connect-target.ts";

/** Tells, once a cluster, that connections of IPv4 sockets can't go to its IPv6 endpoints: the hook passes those that draw one. */
export function tellFamilies(lir: LirConnect, model: HirModel, sink: DiagnosticSink, last: Last): void {
  const sixes = last("first IPv6 endpoints", [], () => createEach(firstIpv6))(model.clusters);
  if (last("no IPv6 endpoints", [sixes], () => sixes.every((six) => six === undefined))) return;
  const reached = new Set<number>();
  const seen = new Set<LirLeaf>();
  const visit = (leaf: LirLeaf): void => {
    if (seen.has(leaf)) return;
    seen.add(leaf);
    if (leaf.kind === "direct") reached.add(leaf.cluster);
    else if (leaf.kind === "split") for (const entry of lir.splits[leaf.split]!.entries) visit(entry.leaf);
    else if (leaf.kind === "range" || leaf.kind === "ports") for (const interval of lir.ranges[leaf.range]!.intervals) visit(interval.leaf);
  };
  for (const service of lir.services) if (!service.ip.includes(":")) visit(service.leaf);
  visit(lir.virtual4);
  for (let id = 0; id < sixes.length; id++) {
    const six = sixes[id];
    if (six === undefined || !reached.has(id)) continue;
    sink.add({
      code: "KM3003",
      severity: "punt",
      path: model.clusters[id]!.path,
      message: `the endpoint ${six} is IPv6: connections to an IPv4 address that draw it go where they were going`,
      hint: "give the service an IPv6 address too, or its clients IPv4 endpoints",
    });
  }
}
