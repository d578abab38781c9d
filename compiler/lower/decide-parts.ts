import type { Diagnostic } from "../diag/index.ts";
import { wireText } from "../hir/bytes.ts";
import type { HirVirtualHost } from "../hir/index.ts";
import type { LirDfa, LirDomain, LirPartContent, LirPath, LirTablePart, LirValue, LirVhost } from "../lir/decide.ts";
import { type Chunk, perObject } from "../memo/index.ts";
import { lowerRoute } from "./decide-routes.ts";
import { readsName } from "./decide-targets.ts";

/** Virtual hosts of a table, and what is to be said of them. */
export const lowerPart = perObject(({ items }: Chunk<HirVirtualHost>) => new LoweredPart(items));

class LoweredPart implements LirTablePart {
  readonly dfas: readonly LirDfa[];
  readonly told: readonly Diagnostic[];
  readonly readsNames: boolean;
  readonly #vhosts: readonly HirVirtualHost[];
  /** Until it is read. */
  #content: LirPartContent | undefined;

  constructor(vhosts: readonly HirVirtualHost[]) {
    const told: Diagnostic[] = [];
    this.#vhosts = vhosts;
    this.#content = contentOf(vhosts, told);
    this.dfas = dfasIn(this.#content.vhosts);
    this.told = told;
    this.readsNames = vhosts.some(({ routes }) => routes.some(({ action }) => action.kind === "forward" && readsName(action.target)));
  }

  readonly read = (): LirPartContent => {
    const content = this.#content ?? contentOf(this.#vhosts, []);
    this.#content = undefined;
    return content;
  };
}

/** @param told gets what is to be said of expressions past the limit */
function contentOf(items: readonly HirVirtualHost[], told: Diagnostic[]): LirPartContent {
  const vhosts = items.map(({ routes, requireTls, punt }): LirVhost => {
    return { routes: routes.map((route) => lowerRoute(route, told)), requireTls, ...(punt === undefined ? {} : { punt }) };
  });
  return { vhosts, ...lowerDomains(items) };
}

function dfasIn(vhosts: readonly LirVhost[]): readonly LirDfa[] {
  const found = new Set<LirDfa>();
  const put = (one: LirPath | LirValue): void => {
    if ("dfa" in one) found.add(one.dfa);
  };
  for (const { routes } of vhosts)
    for (const { path, headers, queries, cookies } of routes) {
      put(path);
      for (const { value } of [...headers, ...queries, ...cookies]) put(value);
    }
  return [...found];
}

/** Domains by kind, by the place of the virtual host. They differ: resolve has refused equal ones. */
function lowerDomains(vhosts: readonly HirVirtualHost[]): Pick<LirPartContent, "exact" | "suffixes" | "prefixes" | "rest"> {
  const exact: LirDomain[] = [];
  const suffixes: LirDomain[] = [];
  const prefixes: LirDomain[] = [];
  let rest: number | undefined;
  for (const [vhost, { domains }] of vhosts.entries()) {
    for (const name of domains) {
      const domain = wireText(name);
      if (domain === "*") rest = vhost;
      else if (domain.startsWith("*")) suffixes.push({ text: domain.slice(1), vhost });
      else if (domain.endsWith("*")) prefixes.push({ text: domain.slice(0, -1), vhost });
      else exact.push({ text: domain, vhost });
    }
  }
  return { exact, suffixes, prefixes, ...(rest === undefined ? {} : { rest }) };
}
