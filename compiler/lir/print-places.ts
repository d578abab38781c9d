import { assertNever } from "../diag/index.ts";
import { formatIp } from "../hir/ip.ts";
import type { LirInterval, LirNode, LirPlace } from "./decide.ts";
import { addressRunText, nextAddress, type Printer, portRunText, wireQuoted } from "./text.ts";

interface Branch {
  readonly label: string;
  readonly next: LirPlace;
}

/**
 * The search for a filter chain, as a tree whose lines say the choice. Where several choices go on at one place, the first has the subtree
 * and a number, the others the number.
 */
export function printPlace(out: Printer, root: LirPlace, chain: (id: number) => string): void {
  const shared = sharedNodes(root);
  const steps = new Map<LirPlace, number>();
  const print = (label: string, place: LirPlace) => {
    if (place.kind === "none") out.line(`${label}-> no chain`);
    else if (place.kind === "chain") out.line(`${label}-> ${chain(place.chain)}`);
    else if (steps.has(place)) out.line(`${label}-> step ${steps.get(place)}`);
    else {
      const number = shared.has(place) ? steps.size + 1 : undefined;
      if (number !== undefined) steps.set(place, number);
      const children = () => branchesOf(place).forEach(({ label: text, next }) => void print(`${text} `, next));
      if (label === "") children();
      else out.node(number === undefined ? label.trimEnd() : `${label}= step ${number}`, children);
    }
  };
  print("", root);
}

/** Nodes that two or more places lead to. */
function sharedNodes(root: LirPlace): ReadonlySet<LirPlace> {
  const seen = new Set<LirPlace>();
  const shared = new Set<LirPlace>();
  const visit = (place: LirPlace) => {
    if (place.kind === "none" || place.kind === "chain") return;
    if (seen.has(place)) {
      shared.add(place);
      return;
    }
    seen.add(place);
    for (const { next } of branchesOf(place)) visit(next);
  };
  visit(root);
  return shared;
}

const intervalWords = {
  port: "port",
  destination: "destination",
  direct: "direct source",
  source: "source",
  source_port: "source port",
} as const;

function branchesOf(node: LirNode): readonly Branch[] {
  switch (node.kind) {
    case "intervals": {
      const what = intervalWords[node.by];
      const ports = node.by === "port" || node.by === "source_port";
      const runs = ports ? portRuns(node.four) : [...addressRuns(node.four, 4), ...addressRuns(node.six, 6)];
      return runs.map(({ label, next }) => ({ label: `${what} ${label}`, next }));
    }
    case "names":
    case "protocols": {
      const what = node.kind === "names" ? "server name" : "application protocol";
      const named = node.names.map(({ name, next }) => {
        return { label: `${what} ${node.kind === "names" && name.startsWith(".") ? "suffix " : ""}${wireQuoted(name)}`, next };
      });
      return [...named, { label: `other ${what}`, next: node.rest }];
    }
    case "transport":
      return [
        { label: "transport tls", next: node.tls },
        { label: "transport raw_buffer", next: node.raw },
      ];
    case "source_type":
      return [
        { label: "local source", next: node.local },
        { label: "external source", next: node.external },
      ];
    default:
      return assertNever(node);
  }
}

function portRuns(intervals: readonly LirInterval[]): readonly Branch[] {
  let first = 0;
  return intervals.flatMap(({ last, next }) => {
    const end = last[0] === 0 ? (last[14]! << 8) | last[15]! : 65535;
    const label = portRunText(first, end);
    const empty = end < first;
    first = end + 1;
    return empty ? [] : [{ label, next }];
  });
}

const first4 = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0]);
const last4 = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255]);

/** Intervals as addresses of their family: IPv4 ones without what is below and above the IPv4 addresses. */
function addressRuns(intervals: readonly LirInterval[], family: 4 | 6): readonly Branch[] {
  const runs: Branch[] = [];
  let first: Uint8Array | undefined = new Uint8Array(16);
  for (const { last, next } of intervals) {
    const [from, to] = family === 4 ? [later(first!, first4), earlier(last, last4)] : [first!, last];
    first = nextAddress(last);
    if (Buffer.compare(from, to) > 0) continue;
    const cut = (bytes: Uint8Array) => (family === 4 ? bytes.subarray(12) : bytes);
    runs.push({ label: addressRunText(cut(from), cut(to), formatIp), next });
  }
  return runs;
}

function later(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Buffer.compare(a, b) > 0 ? a : b;
}

function earlier(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Buffer.compare(a, b) < 0 ? a : b;
}

/** Addresses that a node of intervals takes to some chain. */
export function sourcesTo(place: LirPlace): readonly string[] {
  if (place.kind !== "intervals") return [];
  return [...addressRuns(place.four, 4), ...addressRuns(place.six, 6)]
    .filter(({ next }) => next.kind === "chain")
    .map(({ label }) => label);
}
