import { assertNever } from "../diag/index.ts";
import type { LirConnect, LirLeaf } from "./connect.ts";

/** One fact per line, in the order of the tables. Names are quoted as JSON, so that no name can look like a line of its own. */
export function printConnect(lir: LirConnect): string {
  const out: string[] = [];
  const say = (leaf: LirLeaf) => leafWords(leaf, lir);
  for (const s of lir.services) out.push(`service ${socket(s.ip, s.port)} listener=${s.listener} -> ${say(s.leaf)}`);
  out.push(`virtual4 -> ${say(lir.virtual4)}`, `virtual6 -> ${say(lir.virtual6)}`);
  for (const [id, range] of lir.ranges.entries())
    for (const interval of range.intervals) out.push(`range ${id} by ${range.by} up to ${interval.last} -> ${say(interval.leaf)}`);
  for (const [id, split] of lir.splits.entries()) {
    const total = split.entries.reduce((sum, e) => sum + e.weight, 0);
    for (const e of split.entries) out.push(`split ${id} entry=${e.entry} weight=${e.weight}/${total} -> ${say(e.leaf)}`);
  }
  for (const [id, cluster] of lir.clusters.entries()) {
    out.push(`cluster ${id} ${JSON.stringify(cluster.name)} endpoints=${cluster.shares.length}`);
    for (const { endpoint, weight } of cluster.shares) {
      const address = endpoint.address;
      if (address.kind === "ip") out.push(`  ${socket(address.ip, address.port)} share=${weight}/${cluster.totalWeight}`);
    }
    if (cluster.noEndpointWeight > 0) out.push(`  none share=${cluster.noEndpointWeight}/${cluster.totalWeight}`);
  }
  return `${out.join("\n")}\n`;
}

function socket(ip: string, port: number): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function leafWords(leaf: LirLeaf, lir: LirConnect): string {
  switch (leaf.kind) {
    case "none":
      return "none";
    case "pass":
    case "refuse":
    case "punt":
      return `${leaf.kind} ${leaf.reason}`;
    case "direct":
      return `direct cluster=${leaf.cluster} ${JSON.stringify(lir.clusters[leaf.cluster]!.name)}`;
    case "split":
      return `split ${leaf.split}`;
    case "l7":
      return `l7 listener=${leaf.listener} ${leaf.reason}`;
    case "range":
    case "ports":
      return `${leaf.kind} ${leaf.range}`;
    default:
      return assertNever(leaf);
  }
}
