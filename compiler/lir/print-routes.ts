import { assertNever, InternalError } from "../diag/index.ts";
import type { LirAction, LirDomain, LirMatch, LirPath, LirRoute, LirRouteTable, LirValue, LirVhost } from "./decide.ts";
import { type LirName, placeText } from "./names.ts";
import { type DecidePrinter, printTarget } from "./print-target.ts";
import { quoted, wireQuoted } from "./text.ts";

/** Route tables with their virtual hosts and routes. */
export function printRoutes(printer: DecidePrinter): void {
  const { out, lir, names } = printer;
  let firstVhost = 0;
  let firstRoute = 0;
  for (const [id, table] of lir.tables.entries()) {
    const { path } = names.routeConfigs[id]!;
    out.node(placeText(names.routeConfigs[id]), () => {
      printTable(printer, table, firstVhost, path);
      for (const vhost of table.parts.flatMap((part) => part.read().vhosts)) {
        printVhost(printer, vhost, names.vhosts[firstVhost++]!, firstRoute, path);
        firstRoute += vhost.routes.length;
      }
    });
  }
  if (firstVhost !== names.vhosts.length) throw new InternalError("a virtual host belongs to no route table");
}

/** Domains in the order of their search: whole ones, suffixes and prefixes (the longest first), `*`. */
function printTable({ out, names }: DecidePrinter, table: LirRouteTable, first: number, path: string): void {
  const domain = (text: string, vhost: number) => out.line(`domain ${wireQuoted(text)} -> ${placeText(names.vhosts[first + vhost], path)}`);
  if (table.ignorePort) out.line("port of host is ignored");
  if (table.ignoreParameters) out.line("path parameters are ignored");
  if (table.vhostHeader !== undefined) out.line(`host is header ${wireQuoted(table.vhostHeader)}`);
  if (table.readsForwardedFor) out.line("x-forwarded-for is read");
  for (const header of table.internalOnly) out.line(`internal only header ${wireQuoted(header)}`);
  const { exact, suffixes, prefixes, rest } = domainsOf(table);
  for (const { text, vhost } of exact) domain(text, vhost);
  for (const { text, vhost } of longestFirst(suffixes)) domain(`*${text}`, vhost);
  for (const { text, vhost } of longestFirst(prefixes)) domain(`${text}*`, vhost);
  for (const vhost of rest) domain("*", vhost);
}

/** Of all parts, by the place in the table's virtual hosts. */
function domainsOf({ parts }: LirRouteTable) {
  const all = { exact: [] as LirDomain[], suffixes: [] as LirDomain[], prefixes: [] as LirDomain[], rest: [] as number[] };
  let first = 0;
  for (const part of parts.map(({ read }) => read())) {
    for (const kind of ["exact", "suffixes", "prefixes"] as const)
      for (const { text, vhost } of part[kind]) all[kind].push({ text, vhost: first + vhost });
    if (part.rest !== undefined) all.rest.push(first + part.rest);
    first += part.vhosts.length;
  }
  return all;
}

function longestFirst(domains: readonly LirDomain[]): readonly LirDomain[] {
  return domains.slice().sort((a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : 1));
}

function printVhost(printer: DecidePrinter, vhost: LirVhost, name: LirName, firstRoute: number, table: string): void {
  const { out, names } = printer;
  out.node(placeText(name, table), () => {
    if (vhost.punt !== undefined) out.line(`punt ${vhost.punt}`);
    out.field("require_tls", vhost.requireTls, "none");
    for (const [at, route] of vhost.routes.entries()) {
      out.node(placeText(names.routes[firstRoute + at], name.path), () => printRoute(printer, route));
    }
  });
}

function printRoute(printer: DecidePrinter, route: LirRoute): void {
  const { out } = printer;
  // Whoever gets here is left to a proxy, whatever the request is.
  if (route.punt !== undefined) {
    out.line(`reached -> punt ${route.punt}`);
    return;
  }
  if (route.never) out.line("never");
  out.line(`${pathText(route.path)}${route.fold ? " any case" : ""}`);
  if (route.grpc) out.line("grpc");
  for (const match of route.headers) out.line(`header ${wireQuoted(match.name)} ${matchText(match)}`);
  for (const match of route.queries) out.line(`query parameter ${wireQuoted(match.name)} ${matchText(match)}`);
  for (const match of route.cookies) out.line(`cookie ${wireQuoted(match.name)} ${matchText(match)}`);
  if (route.fraction) out.line(`fraction ${route.fraction.numerator}/${route.fraction.denominator}`);
  printAction(printer, route.action);
}

function pathText(path: LirPath): string {
  switch (path.kind) {
    case "prefix":
    case "exact":
    case "separated":
      return `path ${path.kind} ${wireQuoted(path.text)}`;
    case "regex":
    case "template":
      return `path ${path.kind} ${quoted(path.dfa.regex)}`;
    case "connect":
      return "CONNECT";
    default:
      return assertNever(path);
  }
}

function matchText({ value, invert, missingAsEmpty }: LirMatch): string {
  return `${invert ? "not " : ""}${valueText(value)}${missingAsEmpty ? " missing is empty" : ""}`;
}

function valueText(value: LirValue): string {
  switch (value.kind) {
    case "exact":
    case "prefix":
    case "suffix":
    case "contains":
      return `${value.kind} ${wireQuoted(value.text)}${value.fold ? " any case" : ""}`;
    case "regex":
      return `regex ${quoted(value.dfa.regex)}`;
    case "present":
      return "present";
    case "range":
      return `range [${value.start}, ${value.end})`;
    default:
      return assertNever(value);
  }
}

function printAction(printer: DecidePrinter, action: LirAction): void {
  const { out } = printer;
  switch (action.kind) {
    case "forward":
      printTarget(printer, action.target);
      out.field("cluster not found -> respond", action.notFound, 503);
      if (action.connect !== undefined) out.line(`upgrade connect ${action.connect}`);
      if (action.websocket !== undefined) out.line(`upgrade websocket ${action.websocket}`);
      return;
    case "redirect":
    case "non_forwarding":
      out.line(`-> ${action.kind}`);
      return;
    case "respond":
      out.line(`-> respond ${action.status}`);
      return;
    case "punt":
      out.line(`-> punt ${action.why}`);
      return;
    default:
      assertNever(action);
  }
}
