import { assertNever, InternalError } from "../diag/index.ts";
import { dfasOf, type LirChainRule, type LirDecide, type LirHttp, type LirHttpFlag, type LirInspect } from "./decide.ts";
import { type LirName, type LirNames, placeText } from "./names.ts";
import { printPlace, sourcesTo } from "./print-places.ts";
import { printRoutes } from "./print-routes.ts";
import { type DecidePrinter, printTarget } from "./print-target.ts";
import { Printer, quoted, wireQuoted } from "./text.ts";

/**
 * The decide tier as golden text: one fact a line, nesting by two blanks; only what differs from Envoy's defaults. No line has an id, so
 * that one more name is one more line. Automata are told by their expression and size.
 */
export function printDecide(lir: LirDecide, names: LirNames & { readonly clusters: readonly LirName[] }): string {
  const printer: DecidePrinter = { out: new Printer(), lir, names, clusters: new Set(names.clusters.map(({ name }) => name)) };
  printListeners(printer);
  printRoutes(printer);
  if (lir.readsClusterNames) printer.out.line(`clusters by the name in a header: ${names.clusters.length}`);
  const sizes = dfasOf(lir.tables).map(
    ({ regex, classes, next }) => `regex ${quoted(regex)} states ${next.length / classes} classes ${classes}`,
  );
  for (const line of sizes.sort()) printer.out.line(line);
  return printer.out.toString();
}

function printListeners(printer: DecidePrinter): void {
  const { out, lir, names } = printer;
  let first = 0;
  for (const [id, { root, chains, defaultChain, punt, inspect }] of lir.listeners.flatMap(({ listeners }) => listeners).entries()) {
    const listener = names.listeners[id]!;
    const base = first;
    first += chains.length;
    const chain = (of: number) => placeText(names.chains[base + of], listener.path);
    out.node(placeText(listener), () => {
      if (lir.virtualListener === id) out.line("use_original_dst");
      if (punt !== undefined) out.line(`punt ${punt}`);
      const own = inspect.at(-1)!;
      if (inspect.length > 1) printInspect(out, "redirecting listener ", inspect[0]!);
      printInspect(out, "", own);
      printPlace(out, root, chain);
      if (defaultChain !== undefined) out.line(`no chain -> ${chain(defaultChain)}`);
      for (const [at, rule] of chains.entries()) printChain(printer, rule, chain(at), names.chains[base + at]!.path);
    });
  }
  if (first !== names.chains.length) throw new InternalError("a filter chain belongs to no listener");
}

/** Nothing for a listener that looks at no byte and closes what never sends one. */
function printInspect(out: Printer, whose: string, { tls, http, shortHttp, missing }: LirInspect): void {
  if (tls) out.line(`${whose}tls_inspector`);
  if (http) out.line(`${whose}http_inspector${shortHttp ? " of fewer bytes" : ""}`);
  if (missing !== "close" && (tls || http)) out.line(`${whose}missing bytes ${missing === "wait" ? "are waited for" : "are done without"}`);
}

function printChain(printer: DecidePrinter, chain: LirChainRule, label: string, path: string): void {
  const { out } = printer;
  switch (chain.kind) {
    case "tcp":
      out.node(label, () => printTarget(printer, chain.target));
      return;
    case "http":
      out.node(label, () => printHttp(printer, chain.http, path));
      return;
    case "punt":
      out.line(`${label} -> punt ${chain.why}`);
      return;
    case "close":
      out.line(`${label} -> close`);
      return;
    default:
      assertNever(chain);
  }
}

const flagWords: Readonly<Record<Exclude<LirHttpFlag, "absolute" | "auto">, string>> = {
  normalize: "normalize_path",
  merge: "merge_slashes",
  unescape: "escaped slashes are unescaped",
  escape_reject: "escaped slashes -> respond 400",
  escape_redirect: "escaped slashes -> redirect",
  strip_port: "strip any port of host",
  strip_matching: "strip the listener's port of host",
  strip_dot: "strip trailing dot of host",
  remote: "use_remote_address",
  skip_xff: "skip_xff_append",
  forwarded_port: "append_x_forwarded_port",
  no_request_id: "no x-request-id is drawn",
  keep_request_id: "preserve_external_request_id",
  untrace_request_id: "x-request-id that stays says that it is not traced",
  client_cert: "x-forwarded-client-cert stays",
  underscore_drop: "headers with underscores are dropped",
  underscore_reject: "headers with underscores -> respond 400",
  http10: "accept_http_10",
  continue: "expect: 100-continue goes on",
  scheme_http: "scheme http",
  scheme_https: "scheme https",
  not_http1: "HTTP/2 or HTTP/3 only",
};

function printHttp({ out, names }: DecidePrinter, http: LirHttp, path: string): void {
  out.node("http", () => {
    if (http.punt !== undefined) out.line(`punt ${http.punt}`);
    if (http.routes === undefined) out.line("no route table -> respond 404");
    else
      out.line(
        `routes ${placeText(
          names.routeConfigs.find((config) => config.path === http.routes),
          path,
        )}`,
      );
    for (const flag of http.flags) if (flag !== "absolute" && flag !== "auto") out.line(flagWords[flag]);
    if (!http.flags.includes("auto") && !http.flags.includes("not_http1")) out.line("HTTP/1 only");
    if (!http.flags.includes("absolute")) out.line("no absolute targets");
    out.field("head at most", `${http.maxBytes} bytes`, `${60 * 1024} bytes`);
    out.field("headers at most", http.maxHeaders, 100);
    out.field("xff_num_trusted_hops", http.trustedHops, 0);
    if (http.via !== undefined) out.line(`via ${wireQuoted(http.via)}`);
    if (http.host10 !== undefined) out.line(`default_host_for_http_10 ${wireQuoted(http.host10)}`);
    for (const upgrade of http.upgrades) out.line(`upgrade ${wireQuoted(upgrade)}`);
    if (http.internal) for (const run of sourcesTo(http.internal)) out.line(`internal source ${run}`);
  });
}
