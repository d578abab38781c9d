/**
 * Compares all that Envoy showed with all that we answer: each outcome must be one of our shares' in every field, and occur as often.
 */
import type { Answer } from "../../../compiler/hir/decision.ts";
import { compareShares, describe, merge } from "../compare.ts";
import type { Outcome } from "../outcome.ts";

/** One way that a question ends. Its clusters and endpoints may still be several. */
export interface Way {
  readonly probability: number;
  readonly answer: Answer;
  /** Names that its endpoints have of their own, which an answer does not tell. */
  readonly hostnames: readonly string[];
}

/** Headers that a proxy adds by itself, with values that we can't know or that say nothing of the decision. */
const ownHeaders: ReadonlySet<string> = new Set(["x-request-id", "x-envoy-expected-rq-timeout-ms", "transfer-encoding"]);

/** A message for the first difference; undefined if there is none, or if we left a part to a proxy. */
export function compareStrictly(ways: readonly Way[], outcomes: readonly Outcome[], tolerance: number): string | undefined {
  if (ways.some(({ answer }) => isPunt(answer))) return undefined;
  const fitting = outcomes.map((outcome) => {
    const differences = ways.map((way) => differOne(way, outcome));
    return { fits: differences.flatMap((d, i) => (d === undefined ? [i] : [])), differences, outcome };
  });
  for (const { fits, differences, outcome } of fitting) {
    if (fits.length === 0) return `${differences.join("; or ")}; Envoy: ${describe(outcome)}`;
  }
  if (fitting.every(({ fits }) => fits.length === 1)) {
    const words = ({ answer }: Way) => `${answer.verdict} ${answer.why ?? answer.clusters?.[0]?.name ?? ""}`;
    const named = ways.map((way, i) => `${i} (${words(way)})`);
    const wanted = new Map(ways.map(({ probability }, i) => [named[i]!, probability]));
    const drawn = fitting.map(({ fits }) => named[fits[0]!]!);
    const wrong = compareShares("way", wanted, drawn, outcomes.length, 0);
    if (wrong !== undefined) return `${wrong}; Envoy, the first: ${describe(outcomes[0]!)}`;
  }
  const endpoints = merge(
    ways.flatMap(({ probability, answer }) =>
      (answer.endpoints ?? []).map((endpoint): [string, number] => [endpoint.address, probability * endpoint.probability]),
    ),
  );
  const drawn = outcomes.flatMap(({ verdict, endpoint }) => (endpoint === undefined || verdict === "pass" ? [] : [endpoint]));
  return compareShares("endpoints", endpoints, drawn, outcomes.length, tolerance);
}

function isPunt({ verdict, clusters }: Answer): boolean {
  return verdict === "punt" || (clusters ?? []).some((cluster) => cluster.verdict === "punt");
}

/** An end that the answer allows: its main one, or the one of a cluster that ends otherwise. */
function differOne(way: Way, outcome: Outcome): string | undefined {
  const { answer } = way;
  const looksRedirected = outcome.verdict === "respond" && outcome.location !== undefined;
  const other = (answer.clusters ?? []).find(({ verdict, why, status }) => {
    const same = verdict === outcome.verdict ? why === outcome.why : verdict === "redirect" && looksRedirected;
    return same && (status === undefined || status === outcome.status);
  });
  if (other) return undefined;
  const redirected = answer.verdict === "redirect" && outcome.verdict === "respond";
  if (!redirected) {
    if (answer.verdict !== outcome.verdict) return `verdict: ours ${answer.verdict} ${answer.why ?? ""} ${answer.status ?? ""}`;
    if (answer.why !== outcome.why && outcome.why !== "unknown" && answer.verdict !== "error") return `why: ours ${answer.why}`;
  }
  const fields: readonly (readonly [string, unknown, unknown])[] = [
    ["status", answer.status, outcome.status],
    ["location", answer.location, outcome.location],
    // Answers hold text, the judge holds bytes.
    ["body", Buffer.from(answer.body ?? "", "utf8").toString("latin1"), outcome.body ?? ""],
    ["filter_chain", answer.filter_chain, outcome.filter_chain],
    ["route", answer.route, outcome.route],
  ];
  for (const [field, ours, theirs] of fields) {
    // Envoy's log names no chain or route where it found none or was not asked to, and a route also where the head was refused before.
    const unsaid = theirs === undefined && (field === "filter_chain" || field === "route");
    const unasked = ours === undefined && field === "route";
    if (ours !== theirs && !unsaid && !unasked) return `${field}: ours ${JSON.stringify(ours)}`;
  }
  const names = (answer.clusters ?? []).map(({ name }) => name);
  const reached = answer.verdict !== "redirect" && answer.why !== "bad_request" && answer.why !== "no_route";
  if (outcome.cluster !== undefined && reached && !names.includes(outcome.cluster)) return `cluster: ours ${names.join(", ")}`;
  return differUpstream(way, outcome);
}

function isAnEndpoint({ answer: { endpoints = [] }, hostnames }: Way, host: string): boolean {
  if (endpoints.length < 2) return false;
  return hostnames.includes(host) || endpoints.some(({ address }) => address.replace(/:\d+$/, "") === host);
}

function differUpstream(way: Way, outcome: Outcome): string | undefined {
  const theirs = outcome.upstream;
  if (!theirs) return undefined;
  const ours = way.answer.upstream;
  for (const field of ["method", "path", "authority"] as const) {
    // An automatic rewrite to one of several names.
    if (field === "authority" && ours?.authority === undefined && isAnEndpoint(way, theirs.authority)) continue;
    if ((ours?.[field] ?? "") !== theirs[field]) return `upstream ${field}: ours ${JSON.stringify(ours?.[field])}`;
  }
  const lines = (headers: readonly (readonly [string, string])[] | undefined, name: string) =>
    (headers ?? []).filter(([key]) => key === name).map(([, value]) => value);
  for (const name of new Set([...(ours?.headers ?? []), ...theirs.headers].map(([key]) => key))) {
    const wanted = lines(ours?.headers, name);
    if (wanted.length === 0 && ownHeaders.has(name)) continue;
    // Methods that usually have a body get the length of none.
    if (wanted.length === 0 && name === "content-length" && lines(theirs.headers, name).join() === "0") continue;
    if (JSON.stringify(wanted) !== JSON.stringify(lines(theirs.headers, name)))
      return `upstream header ${name}: ours ${JSON.stringify(wanted)}`;
  }
  return undefined;
}
