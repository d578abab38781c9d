import { wireText } from "../hir/bytes.ts";
import { findCluster, type HirModel, type Question } from "../hir/index.ts";
import { type Image, verdicts } from "../layout/index.ts";
import type { Simulated } from "./engine.ts";
import { connectShares, decisionShares } from "./tier.ts";
import type { DecideNames } from "./types.ts";

/** Shares in the connect tier are rounded to 2^-32 each. */
const tolerance = 2 ** -31;

/** Clusters that connect() leaves alone: their connections go on to the address that was asked for. */
export function isPassed({ clusters }: HirModel): (cluster: string) => boolean {
  const places = findCluster(clusters);
  return (name) => {
    const place = places.get(wireText(name));
    return place !== undefined && clusters[place]!.discovery === "original_dst";
  };
}

/**
 * The connect tier against the decide tier: a connection that is decided at connect goes where its first request would go. Undefined when
 * they agree, or where there is nothing to compare: connections that need bytes, requests that are refused before any route.
 */
export function connectDifference(
  passed: (cluster: string) => boolean,
  question: Question,
  { decision, connected, closedByFilter }: Simulated,
  parts: { readonly names: DecideNames; readonly images: ReadonlyMap<string, Image> },
): string | undefined {
  const { verdict } = connected.leaf;
  const decided = verdict === verdicts.DIRECT || verdict === verdicts.SPLIT || verdict === verdicts.REFUSE;
  const outcomes = decision.shares.map(({ outcome }) => outcome);
  // A listener filter may wait for bytes that never come, or refuse them; the connect tier does not look at bytes.
  if (closedByFilter) return undefined;
  const unmanaged = outcomes.every((outcome) => outcome.kind === "pass");
  if (verdict === verdicts.NONE && !unmanaged) return "the connect tier passes a connection that a listener takes";
  if (!decided || outcomes.some((outcome) => outcome.kind === "error" || outcome.kind === "respond" || outcome.kind === "punt"))
    return undefined;
  if (isMapped(question.to.ip)) return undefined;
  const at = connectShares(connected, parts.names, parts.images);
  const later = decisionShares(decision);
  for (const [name, share] of later) {
    if (passed(name)) continue;
    const there = at.get(name) ?? 0;
    if (Math.abs(there - share) > tolerance * decision.shares.length) {
      return `the connect tier gives ${name === "" ? "a refusal" : `cluster ${name}`} ${there}, the decide tier ${share}`;
    }
  }
  return undefined;
}

/** The connect hooks treat such an address as the IPv4 one, which is how it leaves the host. */
function isMapped(ip: string): boolean {
  return ip.startsWith("::ffff:");
}
