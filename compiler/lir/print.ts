import { assertNever } from "../diag/index.ts";
import { formatIp, formatSocketAddress, parseIp } from "../hir/ip.ts";
import type { LirConnect, LirLeaf, LirRange, LirShare } from "./connect.ts";
import { type LirNames, nameText } from "./names.ts";
import { addressRunText, nextAddress, Printer, portRunText, quoted } from "./text.ts";

/**
 * The connect tier as golden text: one fact a line, nesting by two blanks, in the order of the tables. Runs stand below whatever leads to
 * them, so that no line has an id. Names are quoted: none can look like a line of its own.
 */
export function printConnect(lir: LirConnect, names: Pick<LirNames, "listeners">): string {
  const out = new Printer();
  const leaf = (label: string, value: LirLeaf) => printLeaf(out, label, value, lir, names);
  for (const { ip, port, listener, leaf: value } of lir.services) {
    leaf(`service ${formatSocketAddress(ip, port)} ${nameText(names.listeners[listener])}`, value);
  }
  if (lir.virtual4.kind !== "none") leaf("other IPv4", lir.virtual4);
  if (lir.virtual6.kind !== "none") leaf("other IPv6", lir.virtual6);
  for (const { name, shares, noEndpointWeight, totalWeight } of lir.clusters) {
    out.node(`cluster ${quoted(name)}`, () => {
      for (const { endpoint, weight } of shares) out.line(`${addressText(endpoint)} share ${weight}/${totalWeight}`);
      if (shares.length === 0) out.line("no endpoint to connect to");
      else if (noEndpointWeight > 0) out.line(`no endpoint share ${noEndpointWeight}/${totalWeight}`);
    });
  }
  return out.toString();
}

function printLeaf(out: Printer, label: string, leaf: LirLeaf, lir: LirConnect, names: Pick<LirNames, "listeners">): void {
  const below = (next: string, value: LirLeaf) => printLeaf(out, next, value, lir, names);
  switch (leaf.kind) {
    case "none":
      out.line(`${label} -> none`);
      return;
    case "pass":
    case "refuse":
    case "punt":
      out.line(`${label} -> ${leaf.kind} ${leaf.reason}`);
      return;
    case "direct":
      out.line(`${label} -> direct ${quoted(lir.clusters[leaf.cluster]!.name)}`);
      return;
    case "l7":
      out.line(`${label} -> l7 ${nameText(names.listeners[leaf.listener])} ${leaf.reason}`);
      return;
    case "split":
      out.node(`${label} -> split`, () => {
        const { entries } = lir.splits[leaf.split]!;
        const total = entries.reduce((sum, { weight }) => sum + weight, 0);
        for (const { entry, weight, leaf: value } of entries) below(`clusters[${entry}] weight ${weight}/${total}`, value);
      });
      return;
    case "range":
    case "ports":
      out.node(`${label} -> ${leaf.kind}`, () => {
        for (const { text, leaf: value } of runsOf(lir.ranges[leaf.range]!)) below(text, value);
      });
      return;
    default:
      assertNever(leaf);
  }
}

function runsOf(range: LirRange): readonly { readonly text: string; readonly leaf: LirLeaf }[] {
  if (range.by === "port") {
    return range.intervals.map(({ last, leaf }, i) => ({ text: portRunText(i === 0 ? 0 : range.intervals[i - 1]!.last + 1, last), leaf }));
  }
  return range.intervals.map(({ last, leaf }, i) => {
    const end = parseIp(last)!;
    const before = range.intervals[i - 1];
    const start = before ? nextAddress(parseIp(before.last)!)! : new Uint8Array(end.length);
    return { text: addressRunText(start, end, formatIp), leaf };
  });
}

function addressText({ address }: LirShare["endpoint"]): string {
  switch (address.kind) {
    case "ip":
    case "dead":
      return formatSocketAddress(address.ip, address.port);
    case "host":
      return `${quoted(address.host)}:${address.port}`;
    case "other":
      return quoted(address.text);
    default:
      return assertNever(address);
  }
}
