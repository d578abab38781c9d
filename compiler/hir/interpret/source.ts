import type { Question } from "../decision.ts";
import type { ConnectionSource } from "./choose-chain.ts";

/**
 * Where a question comes from. Without `from` it is the unspecified address of the destination's family with port 0: external, in no
 * source prefix but /0, with no port that a chain can list.
 */
export function sourceOf(question: Question): ConnectionSource {
  const { from, to } = question;
  if (!from) return { ip: to.ip.includes(":") ? "::" : "0.0.0.0", port: 0, external: true };
  return { ip: from.ip, port: from.port, external: !isLoopback(from.ip) && from.ip !== to.ip };
}

/** Envoy takes these two addresses for loopback, no others of 127.0.0.0/8. */
export function isLoopback(ip: string): boolean {
  return ip === "127.0.0.1" || ip === "::1";
}
