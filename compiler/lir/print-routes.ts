import { assertNever, InternalError } from "../diag/index.ts";
import type { LirAction, LirDomain, LirMatch, LirPath, LirRoute, LirRouteTable, LirValue, LirVhost } from "./decide.ts";
import { isBelow, placeText } from "./names.ts";
import { type DecidePrinter, printTarget } from "./print-target.ts";
import { quoted, wireQuoted } from "./text.ts";

/** Route tables with their virtual hosts and routes. */
export function printRoutes(printer: DecidePrinter): void {
  const { out, lir, names } = printer;
  let next = 0;
  for (const [id, table] of lir.routeTables.entries()) {
    const { path } = names.routeConfigs[id]!;
    out.node(placeText(names.routeConfigs[id]), () => {
      printTable(printer, table, path);
      for (; next < names.vhosts.length && isBelow(names.vhosts[next]!.path, path); next++) {
        printVhost(printer, lir.vhosts[next]!, next, path);
      }
    });
  }
  if (next !== lir.vhosts.length) throw new InternalError("a virtual host belongs to no route table");
}

/** Domains in the order of their search: whole ones, suffixes and prefixes (the longest first), `*`. */
function printTable({ out, lir, names }: DecidePrinter, table: LirRouteTable, path: string): void {
  const domain = (text: string, vhost: number) => out.line(`domain ${wireQuoted(text)} -> ${placeText(names.vhosts[vhost], path)}`);
  if (table.ignorePort) out.line("port of host is ignored");
  if (table.ignoreParameters) out.line("path parameters are ignored");
  if (table.vhostHeader !== undefined) out.line(`host is header ${wireQuoted(lir.headers[table.vhostHeader]!)}`);
  for (const header of table.internalOnly) out.line(`internal only header ${wireQuoted(lir.headers[header]!)}`);
  for (const { text, vhost } of table.exact) domain(text, vhost);
  for (const { text, vhost } of longestFirst(table.suffixes)) domain(`*${text}`, vhost);
  for (const { text, vhost } of longestFirst(table.prefixes)) domain(`${text}*`, vhost);
  if (table.rest !== undefined) domain("*", table.rest);
}

function longestFirst(domains: readonly LirDomain[]): readonly LirDomain[] {
  return domains.slice().sort((a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : 1));
}

function printVhost(printer: DecidePrinter, vhost: LirVhost, id: number, table: string): void {
  const { out, lir, names } = printer;
  const { path } = names.vhosts[id]!;
  out.node(placeText(names.vhosts[id], table), () => {
    if (vhost.punt !== undefined) out.line(`punt ${vhost.punt}`);
    out.field("require_tls", vhost.requireTls, "none");
    for (let route = vhost.first; route < vhost.first + vhost.count; route++) {
      out.node(placeText(names.routes[route], path), () => printRoute(printer, lir.routes[route]!));
    }
  });
}

function printRoute(printer: DecidePrinter, route: LirRoute): void {
  const { out, lir } = printer;
  // Whoever gets here is left to a proxy, whatever the request is.
  if (route.punt !== undefined) {
    out.line(`reached -> punt ${route.punt}`);
    return;
  }
  if (route.never) out.line("never");
  out.line(`${pathText(printer, route.path)}${route.fold ? " any case" : ""}`);
  if (route.grpc) out.line("grpc");
  for (const match of route.headers) out.line(`header ${wireQuoted(lir.headers[match.name]!)} ${matchText(printer, match)}`);
  for (const match of route.queries) out.line(`query parameter ${wireQuoted(match.name)} ${matchText(printer, match)}`);
  for (const match of route.cookies) out.line(`cookie ${wireQuoted(match.name)} ${matchText(printer, match)}`);
  if (route.fraction) out.line(`fraction ${route.fraction.numerator}/${route.fraction.denominator}`);
  printAction(printer, route.action);
}

function pathText({ lir }: DecidePrinter, path: LirPath): string {
  switch (path.kind) {
    case "prefix":
    case "exact":
    case "separated":
      return `path ${path.kind} ${wireQuoted(path.text)}`;
    case "regex":
    case "template":
      return `path ${path.kind} ${quoted(lir.dfas[path.dfa]!.regex)}`;
    case "connect":
      return "CONNECT";
    default:
      return assertNever(path);
  }
}

function matchText(printer: DecidePrinter, { value, invert, missingAsEmpty }: LirMatch<unknown>): string {
  return `${invert ? "not " : ""}${valueText(printer, value)}${missingAsEmpty ? " missing is empty" : ""}`;
}

function valueText({ lir }: DecidePrinter, value: LirValue): string {
  switch (value.kind) {
    case "exact":
    case "prefix":
    case "suffix":
    case "contains":
      return `${value.kind} ${wireQuoted(value.text)}${value.fold ? " any case" : ""}`;
    case "regex":
      return `regex ${quoted(lir.dfas[value.dfa]!.regex)}`;
    case "present":
      return "present";
    case "range":
      return `range [${value.start}, ${value.end})`;
    default:
      return assertNever(value);
  }
}

function printAction(printer: DecidePrinter, action: LirAction): void {
  const { out, lir } = printer;
  switch (action.kind) {
    case "forward":
      printTarget(printer, lir.targets[action.target]!);
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
