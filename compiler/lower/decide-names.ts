import type { DiagnosticSink } from "../diag/index.ts";
import { asciiLower, wireText } from "../hir/bytes.ts";
import type { HirHeaderMatch, HirModel, HirTarget } from "../hir/index.ts";
import type { LirDfa } from "../lir/decide.ts";
import { knownHeaders } from "../lir/header-names.ts";
import { compileDfa, type DfaLimits } from "./decide-dfa.ts";

/** What one expression's automaton may cost. 4,096 states of 16 bits and 256 classes are 2 MiB. */
export const dfaLimits: DfaLimits = { states: 4096, work: 4_000_000 };

/** Header ids: the known names, then those that rules ask for, sorted. `host` and `:authority` are one. */
export interface HeaderIds {
  readonly names: readonly string[];
  readonly idOf: (name: string) => number;
}

export function internHeaders(model: HirModel): HeaderIds {
  const asked = new Set<string>();
  const matchers = (list: readonly HirHeaderMatch[]) => list.forEach(({ name }) => void asked.add(headerKey(name)));
  const target = (value: HirTarget) => {
    if (value.kind === "cluster_header") asked.add(headerKey(value.header));
    if (value.kind !== "weighted") return;
    if (value.headerName !== undefined) asked.add(headerKey(value.headerName));
    for (const entry of value.entries) target(entry.target);
  };
  for (const config of model.routeConfigs) {
    if (config.vhostHeader !== undefined) asked.add(headerKey(config.vhostHeader));
    for (const name of config.internalOnlyHeaders) asked.add(headerKey(name));
    for (const { routes } of config.vhosts)
      for (const { match, action } of routes) {
        matchers(match.headers);
        if (action.kind === "forward") target(action.target);
      }
  }
  const known = knownHeaders.map(({ name }) => name);
  const names = [...known, ...[...asked].filter((name) => !known.includes(name)).sort()];
  const ids = new Map(names.map((name, id) => [name, id]));
  return { names, idOf: (name) => ids.get(headerKey(name))! };
}

function headerKey(name: string): string {
  return asciiLower(wireText(name));
}

/** Automata by expression, each made once. */
export interface DfaIds {
  readonly dfas: readonly LirDfa[];
  /** Undefined past the limit: a diagnostic has been given, and whoever asks must be punted. */
  readonly idOf: (regex: string, path: string) => number | undefined;
}

export function internDfas(sink: DiagnosticSink): DfaIds {
  const dfas: LirDfa[] = [];
  const ids = new Map<string, number | undefined>();
  return {
    dfas,
    idOf: (regex, path) => {
      if (!ids.has(regex)) {
        const dfa = compileDfa(regex, dfaLimits);
        ids.set(regex, dfa && dfas.push(dfa) - 1);
      }
      const id = ids.get(regex);
      if (id === undefined) sink.add(tooLarge(regex, path));
      return id;
    },
  };
}

function tooLarge(regex: string, path: string) {
  return {
    code: "KM3500",
    severity: "punt",
    path,
    message: `the regular expression ${JSON.stringify(regex)} needs more than ${dfaLimits.states} states: requests that reach this route are left to a proxy`,
    hint: "use a simpler expression: bounded repetitions ({1,100}) of wide classes make many states",
  } as const;
}
