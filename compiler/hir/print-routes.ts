import { assertNever } from "../diag/index.ts";
import type {
  HirAction,
  HirFault,
  HirHeaderMutation,
  HirPathMatch,
  HirRedirect,
  HirRegexRewrite,
  HirRoute,
  HirRouteConfig,
  HirRouteMatch,
  HirTarget,
  HirTreatment,
  HirVirtualHost,
} from "./model.ts";
import { fractionText, headerMatchText, nameBeside, type Printer, pathBelow, quoted, stringMatchText } from "./print-text.ts";

export function printRouteConfig(out: Printer, table: HirRouteConfig): void {
  out.node(pathBelow(table.path, ""), () => {
    out.maybe(nameBeside(table.path, table.name));
    out.field("ignore_port_in_host_matching", table.ignorePortInHost, false);
    out.field("ignore_path_parameters_in_path_matching", table.ignorePathParameters, false);
    if (table.vhostHeader !== undefined) out.line(`vhost_header ${quoted(table.vhostHeader)}`);
    for (const header of table.internalOnlyHeaders) out.line(`internal_only_header ${quoted(header)}`);
    out.field("most_specific_header_mutations_wins", table.mostSpecificHeaderMutationsWins, false);
    printTreatment(out, table.treatment);
    for (const vhost of table.vhosts) printVirtualHost(out, vhost, table.path);
  });
}

function printVirtualHost(out: Printer, vhost: HirVirtualHost, parent: string): void {
  out.node(pathBelow(vhost.path, parent), () => {
    out.maybe(nameBeside(vhost.path, vhost.name));
    for (const domain of vhost.domains) out.line(`domain ${quoted(domain)}`);
    out.field("require_tls", vhost.requireTls.toUpperCase(), "NONE");
    if (vhost.attemptCount) out.line("include_request_attempt_count true");
    if (vhost.punt !== undefined) out.line(`punt ${vhost.punt}`);
    printTreatment(out, vhost.treatment);
    for (const route of vhost.routes) printRoute(out, route, vhost.path);
  });
}

function printRoute(out: Printer, route: HirRoute, parent: string): void {
  out.node(pathBelow(route.path, parent), () => {
    if (route.name !== "") out.line(`name ${quoted(route.name)}`);
    if (route.punt !== undefined) out.line(`match punt ${route.punt}`);
    printMatch(out, route.match);
    if (route.fault) printFault(out, route.fault);
    printAction(out, route.action);
    printTreatment(out, route.treatment);
  });
}

function printMatch(out: Printer, match: HirRouteMatch): void {
  out.line(`match ${pathMatchText(match.path)}`);
  out.field("match case_sensitive", match.caseSensitive, true);
  for (const header of match.headers) out.line(`match header ${headerMatchText(header)}`);
  for (const { name, value } of match.query) {
    out.line(`match query_parameter ${quoted(name)} ${value.kind === "present" ? `present ${value.present}` : stringMatchText(value)}`);
  }
  for (const { name, value, invert } of match.cookies) {
    out.line(`match cookie ${quoted(name)} ${stringMatchText(value)}${invert ? " invert" : ""}`);
  }
  out.field("match grpc", match.grpc, false);
  if (match.fraction) out.line(`match runtime_fraction ${fractionText(match.fraction)}`);
  if (match.never) out.line("match never");
}

function pathMatchText(match: HirPathMatch): string {
  switch (match.kind) {
    case "prefix":
    case "path":
    case "path_separated_prefix":
      return `${match.kind} ${quoted(match.value)}`;
    case "regex":
      return `safe_regex ${quoted(match.regex)}`;
    case "connect":
      return "connect_matcher";
    case "template":
      return `uri_template ${quoted(match.template)} safe_regex ${quoted(match.regex)}`;
  }
}

function printAction(out: Printer, action: HirAction): void {
  switch (action.kind) {
    case "forward":
      printTarget(out, action.target);
      out.field("cluster_not_found_response_code", action.notFoundStatus, 503);
      if (action.websocket !== undefined) out.line(`upgrade websocket ${action.websocket}`);
      if (action.connect !== undefined) out.line(`upgrade connect ${action.connect}`);
      return;
    case "redirect":
      printRedirect(out, action.redirect);
      return;
    case "respond":
      out.node("direct_response", () => {
        out.line(`status ${action.status}`);
        if (action.body !== "") out.line(`body ${quoted(action.body)}`);
      });
      return;
    case "non_forwarding":
      out.line("non_forwarding_action");
      return;
    case "punt":
      out.line(`punt ${action.why}`);
      return;
    default:
      assertNever(action);
  }
}

/** Of a route or a tcp_proxy. */
export function printTarget(out: Printer, target: HirTarget): void {
  if (target.kind === "cluster") out.line(`cluster ${quoted(target.cluster)}`);
  else if (target.kind === "cluster_header") out.line(`cluster_header ${quoted(target.header)}`);
  else {
    out.node("weighted_clusters", () => {
      if (target.headerName !== undefined) out.line(`header_name ${quoted(target.headerName)}`);
      for (const entry of target.entries) {
        out.node(pathBelow(/clusters\[\d+\]$/.exec(entry.path)?.[0] ?? entry.path, ""), () => {
          printTarget(out, entry.target);
          out.line(`weight ${entry.weight}`);
          printTreatment(out, entry.treatment);
        });
      }
    });
  }
}

function printRedirect(out: Printer, redirect: HirRedirect): void {
  out.node("redirect", () => {
    out.line(`status ${redirect.status}`);
    out.field("https_redirect", redirect.https, false);
    if (redirect.scheme !== undefined) out.line(`scheme_redirect ${quoted(redirect.scheme)}`);
    if (redirect.host !== undefined) out.line(`host_redirect ${quoted(redirect.host)}`);
    if (redirect.port !== undefined) out.line(`port_redirect ${redirect.port}`);
    if (redirect.path !== undefined) out.line(`path_redirect ${quoted(redirect.path)}`);
    if (redirect.prefixRewrite !== undefined) out.line(`prefix_rewrite ${quoted(redirect.prefixRewrite)}`);
    if (redirect.regexRewrite) out.line(`regex_rewrite ${rewriteText(redirect.regexRewrite)}`);
    out.field("strip_query", redirect.stripQuery, false);
  });
}

/** Also for an HTTP connection manager's own fault. */
export function printFault(out: Printer, fault: HirFault): void {
  out.node(fault.abort || fault.delay ? "fault" : "fault none", () => {
    if (fault.abort) out.line(`abort ${fault.abort.status} share ${fractionText(fault.abort.fraction)}`);
    if (fault.delay) out.line(`delay ${fault.delay.duration}ms share ${fractionText(fault.delay.fraction)}`);
    for (const header of fault.headers) out.line(`header ${headerMatchText(header)}`);
  });
}

function printTreatment(out: Printer, treatment: HirTreatment): void {
  if (treatment.prefixRewrite !== undefined) out.line(`prefix_rewrite ${quoted(treatment.prefixRewrite)}`);
  if (treatment.regexRewrite) out.line(`regex_rewrite ${rewriteText(treatment.regexRewrite)}`);
  const host = treatment.hostRewrite;
  if (host?.kind === "literal") out.line(`host_rewrite_literal ${quoted(host.value)}`);
  if (host?.kind === "header") out.line(`host_rewrite_header ${quoted(host.header)}`);
  if (host?.kind === "path_regex") out.line(`host_rewrite_path_regex ${rewriteText(host.rewrite)}`);
  if (host?.kind === "auto") out.line("auto_host_rewrite true");
  if (treatment.appendForwardedHost) out.line("append_x_forwarded_host true");
  for (const add of treatment.requestHeadersAdd ?? []) out.line(`request_header_to_add ${mutationText(add)}`);
  for (const name of treatment.requestHeadersRemove ?? []) out.line(`request_header_to_remove ${quoted(name)}`);
}

const actions: Readonly<Record<HirHeaderMutation["action"], string>> = {
  append_or_add: "",
  add_if_absent: " ADD_IF_ABSENT",
  overwrite_or_add: " OVERWRITE_IF_EXISTS_OR_ADD",
  overwrite: " OVERWRITE_IF_EXISTS",
};

function mutationText({ name, value, action, keepEmpty }: HirHeaderMutation): string {
  return `${quoted(name)} ${quoted(value)}${actions[action]}${keepEmpty ? " keep_empty_value" : ""}`;
}

function rewriteText({ regex, substitution }: HirRegexRewrite): string {
  return `${quoted(regex)} substitution ${quoted(substitution)}`;
}
