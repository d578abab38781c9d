/**
 * What a real Envoy did with one probe, in the words of an Answer (compiler/hir/decision.ts).
 */
import type { Answer } from "../../compiler/hir/decision.ts";
import { unmanagedCluster } from "./adapt.ts";
import type { Seen } from "./client.ts";
import type { AccessLogLine, LoadedSnapshot } from "./envoy.ts";
import { bannerPrefix, type UpstreamSaw } from "./upstream.ts";

/** One draw. `cluster` and `endpoint` as Envoy chose them. */
export interface Outcome {
  readonly verdict: Answer["verdict"];
  readonly why?: string;
  readonly status?: number;
  readonly location?: string;
  readonly body?: string;
  readonly cluster?: string;
  readonly endpoint?: string;
  readonly upstream?: UpstreamSaw;
  readonly filter_chain?: string;
  readonly route?: string;
  /** Envoy's own words, for messages: response flags and details. */
  readonly said: string;
}

/**
 * Joins what the client saw with the access log line of the same request or connection (absent where Envoy wrote none).
 */
export function readOutcome(seen: Seen, log: AccessLogLine | undefined, to: string, loaded: LoadedSnapshot): Outcome {
  const said = log === undefined ? "no access log" : [log.flags, log.details, log.termination].filter((text) => text !== "").join(" ");
  const names = {
    said,
    ...(log?.chain ? { filter_chain: log.chain } : {}),
    ...(log?.route ? { route: log.route } : {}),
    // The CORS filter answers for a route that has a cluster, which is not asked.
    ...(log?.cluster && log.details !== "cors_response" ? { cluster: log.cluster } : {}),
  };
  if (seen.kind === "silent") return { verdict: "error", ...names };
  if (log?.cluster === unmanagedCluster) return { verdict: "pass", why: "unmanaged", said };
  if (seen.kind === "closed") return { verdict: "close", why: whyClosed(log), ...names };
  const endpoint = seen.kind === "raw" ? bannerAddress(seen.text) : seen.headers.find(([name]) => name === "x-km-upstream")?.[1];
  if (endpoint !== undefined) {
    const passed = loaded.originalDst.has(log?.cluster ?? "") && endpoint === to;
    const upstream = seen.kind === "http" && log?.kind === "http" ? readSaw(seen.body) : undefined;
    const reached = { endpoint, ...names, ...(upstream === undefined ? {} : { upstream }) };
    return passed ? { verdict: "pass", why: "passthrough", ...reached } : { verdict: "forward", ...reached };
  }
  if (seen.kind === "raw") return { verdict: "error", why: `unexpected bytes ${JSON.stringify(seen.text.slice(0, 80))}`, ...names };
  const location = seen.headers.find(([name]) => name === "location")?.[1];
  const grpc = seen.headers.find(([name]) => name === "grpc-status")?.[1];
  return {
    verdict: "respond",
    why: whyResponded(log),
    status: seen.status,
    body: seen.body,
    ...(location === undefined ? {} : { location }),
    ...names,
    said: grpc === undefined ? said : `${said} grpc-status ${grpc}`,
  };
}

function bannerAddress(text: string): string | undefined {
  return text.startsWith(bannerPrefix) ? text.slice(bannerPrefix.length).split("\n")[0] : undefined;
}

function readSaw(body: string): UpstreamSaw | undefined {
  return body.startsWith("{") ? (JSON.parse(Buffer.from(body, "latin1").toString("utf8")) as UpstreamSaw) : undefined;
}

/** Response flags: envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage */
function whyClosed(log: AccessLogLine | undefined): string {
  const flags = new Set((log?.flags ?? "").split(","));
  if (log?.kind === "tcp" && flags.has("NC")) return "no_cluster";
  // Also where there is one and no connection gets to it.
  if (log?.kind === "tcp" && (flags.has("UH") || flags.has("UF"))) return "no_endpoint";
  if (log?.kind === "listener" && (flags.has("NR") || log.details.includes("filter_chain_not_found"))) return "no_filter_chain";
  return "unknown";
}

function whyResponded(log: AccessLogLine | undefined): string {
  const details = log?.details ?? "";
  const flags = new Set((log?.flags ?? "").split(","));
  // absolute_path_rejected: a target that is no path is looked for in no table.
  if (["route_not_found", "route_configuration_not_found", "absolute_path_rejected"].includes(details)) return "no_route";
  if (details === "cluster_not_found" || flags.has("NC")) return "no_cluster";
  if (details.startsWith("no_healthy_upstream") || flags.has("UH")) return "no_endpoint";
  if (details.startsWith("direct_response") || details === "cors_response") return "direct_response";
  if (details.includes("drop_overload") || details === "fault_filter_abort" || flags.has("UDO") || flags.has("DO") || flags.has("FI"))
    return "dropped";
  return flags.has("UF") ? "no_endpoint" : "bad_request";
}
