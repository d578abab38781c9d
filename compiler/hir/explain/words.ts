/** The mesh in words: short phrases that `explain` and `diff` share. Names are quoted, so that hostile ones stay visible as names. */
import { assertNever } from "../../diag/index.ts";
import type {
  HirAction,
  HirChain,
  HirChainMatch,
  HirFault,
  HirFraction,
  HirHeaderMatch,
  HirListener,
  HirRegexRewrite,
  HirRoute,
  HirStringMatch,
  HirTarget,
  HirTreatment,
} from "../index.ts";
import { formatSocketAddress } from "../ip.ts";

export const quote = (text: string): string => JSON.stringify(text);

/** Where a route stands in the snapshot. */
export function xdsPath(route: HirRoute): string {
  return route.inFrontOf ?? route.path;
}

export function listenerAddresses(listener: HirListener): string {
  return listener.addresses.map((a) => formatSocketAddress(a.ip, a.port)).join(", ");
}

export function describeChainMatch(match: HirChainMatch): string {
  const parts: string[] = [];
  if (match.destinationPort !== undefined) parts.push(`port ${match.destinationPort}`);
  const prefixes = (list: HirChainMatch["prefixRanges"]): string => list.map((p) => `${p.ip}/${p.length}`).join(", ");
  if (match.prefixRanges.length > 0) parts.push(`to ${prefixes(match.prefixRanges)}`);
  if (match.serverNames.length > 0) parts.push(`SNI ${match.serverNames.map(quote).join(", ")}`);
  if (match.transportProtocol !== undefined) parts.push(match.transportProtocol);
  if (match.applicationProtocols.length > 0) parts.push(`ALPN ${match.applicationProtocols.join(", ")}`);
  if (match.directSourcePrefixRanges.length > 0) parts.push(`directly from ${prefixes(match.directSourcePrefixRanges)}`);
  if (match.sourceType !== "any") parts.push(`source ${match.sourceType}`);
  if (match.sourcePrefixRanges.length > 0) parts.push(`from ${prefixes(match.sourcePrefixRanges)}`);
  if (match.sourcePorts.length > 0) parts.push(`source port ${match.sourcePorts.join(", ")}`);
  return parts.join(", ") || "any";
}

export function describeChain(chain: HirChain): string {
  const { network } = chain;
  switch (network.kind) {
    case "tcp":
      return describeTarget(network.target);
    case "http":
      return network.http.punt ? `left to a proxy (${network.http.punt})` : `HTTP, routes ${quote(network.http.routeConfigName)}`;
    case "punt":
      return `left to a proxy (${network.why})`;
    case "close":
      return "closes (no filter)";
    default:
      return assertNever(network);
  }
}

export function describeTarget(target: HirTarget): string {
  switch (target.kind) {
    case "cluster":
      return quote(target.cluster);
    case "cluster_header":
      return `the cluster named by header ${target.header}`;
    case "weighted": {
      const total = target.entries.reduce((n, e) => n + e.weight, 0);
      return target.entries.map((e) => `${percent(e.weight / total)} ${describeTarget(e.target)}`).join(", ");
    }
    default:
      return assertNever(target);
  }
}

/** At most two decimals, more where that would say none or all: for people; JSON output has the exact number. */
export function percent(share: number): string {
  const rounded = Number((share * 100).toFixed(2));
  if (rounded === 0) return `${Number((share * 100).toPrecision(2))}%`;
  if (rounded === 100) return `${Number((100 - Number(((1 - share) * 100).toPrecision(2))).toPrecision(15))}%`;
  return `${rounded}%`;
}

/** Exact: a denominator is a million at most. */
export function fractionText({ numerator, denominator }: HirFraction): string {
  return `${Number(((numerator / denominator) * 100).toFixed(4))}%`;
}

/** Empty for a target that is not split. */
export function exactShares(target: HirTarget): string {
  return target.kind === "weighted" ? target.entries.map(({ weight }) => weight).join(" : ") : "";
}

function describeString(match: HirStringMatch): string {
  if (match.kind === "regex") return `matches ${quote(match.regex)}`;
  const verb = { exact: "is", prefix: "begins with", suffix: "ends with", contains: "contains" }[match.kind];
  return `${verb} ${quote(match.value)}${match.ignoreCase ? " (any case)" : ""}`;
}

function describeHeader(match: HirHeaderMatch): string {
  const { value } = match;
  const not = match.invert ? "not " : "";
  const empty = match.missingAsEmpty ? ", missing counts as empty" : "";
  if (value.kind === "present") return `${match.name} ${value.present !== match.invert ? "present" : "absent"}${empty}`;
  if (value.kind === "range") return `${match.name} ${not}in [${value.start}, ${value.end})${empty}`;
  return `${match.name} ${not}${describeString(value)}${empty}`;
}

export function describeMatch({ match }: HirRoute): string {
  const { path } = match;
  const parts: string[] = [];
  if (path.kind === "connect") parts.push("CONNECT");
  else if (path.kind === "template") parts.push(`path like ${quote(path.template)}`);
  else if (path.kind === "regex") parts.push(`path matches ${quote(path.regex)}`);
  else parts.push(`${path.kind} ${quote(path.value)}${match.caseSensitive ? "" : " (any case)"}`);
  for (const header of match.headers) parts.push(`header ${describeHeader(header)}`);
  for (const q of match.query) {
    parts.push(`query ${q.name} ${q.value.kind === "present" ? (q.value.present ? "present" : "absent") : describeString(q.value)}`);
  }
  for (const c of match.cookies) parts.push(`cookie ${c.name} ${c.invert ? "not " : ""}${describeString(c.value)}`);
  if (match.grpc) parts.push("gRPC");
  if (match.fraction) parts.push(`${fractionText(match.fraction)} of requests`);
  if (match.never) parts.push("never on plaintext");
  return parts.join(", ");
}

/** Characters of a body that are told. */
export const maxBody = 60;

export function describeAction(action: HirAction): string {
  switch (action.kind) {
    case "forward":
      return describeTarget(action.target);
    case "redirect": {
      const { redirect } = action;
      const to = [
        redirect.scheme ?? (redirect.https ? "https" : ""),
        redirect.host ?? "",
        redirect.port ?? "",
        redirect.path ?? redirect.prefixRewrite ?? "",
        redirect.regexRewrite ? describeRewrite(redirect.regexRewrite) : "",
      ];
      return `redirect ${redirect.status} (${to.filter((x) => x !== "").join(" ") || "same place"})`;
    }
    case "respond":
      return `respond ${action.status}${action.body ? ` ${quote(action.body.slice(0, maxBody))}` : ""}`;
    case "non_forwarding":
      return "respond 503 (non_forwarding_action)";
    case "punt":
      return `left to a proxy (${action.why})`;
    default:
      return assertNever(action);
  }
}

/** What is done to the request on its way; empty when nothing is. */
export function describeTreatment(treatment: HirTreatment): string {
  const parts: string[] = [];
  if (treatment.prefixRewrite !== undefined) parts.push(`path prefix becomes ${quote(treatment.prefixRewrite)}`);
  if (treatment.regexRewrite) parts.push(describeRewrite(treatment.regexRewrite));
  if (treatment.hostRewrite) parts.push(`host becomes ${describeHostRewrite(treatment.hostRewrite)}`);
  if (treatment.appendForwardedHost) parts.push("the host before goes into x-forwarded-host");
  for (const h of treatment.requestHeadersAdd ?? [])
    parts.push(`${h.action} ${h.name}: ${h.value}${h.keepEmpty ? " (also where it is empty)" : ""}`);
  if (treatment.requestHeadersRemove?.length) parts.push(`removes ${treatment.requestHeadersRemove.join(", ")}`);
  return parts.join("; ");
}

function describeRewrite({ regex, substitution }: HirRegexRewrite): string {
  return `path ${quote(regex)} becomes ${quote(substitution)}`;
}

/** What a fault filter answers; empty when it answers nothing. */
export function describeFault({ abort, headers }: HirFault): string {
  if (!abort) return "";
  const those = headers.length > 0 ? ` where ${headers.map((header) => `header ${describeHeader(header)}`).join(", ")}` : "";
  return `fault: ${fractionText(abort.fraction)} respond ${abort.status}${those}`;
}

function describeHostRewrite(host: NonNullable<HirTreatment["hostRewrite"]>): string {
  switch (host.kind) {
    case "literal":
      return quote(host.value);
    case "header":
      return `header ${host.header}`;
    case "path_regex":
      return `what ${quote(host.rewrite.regex)} makes of the path with ${quote(host.rewrite.substitution)}`;
    case "auto":
      return "auto";
    default:
      return assertNever(host);
  }
}
