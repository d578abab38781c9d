/**
 * Header names that the connection manager itself acts on. Their ids are their places here: ids of other names (those that rules ask for)
 * come after them. What Envoy 1.40 does to each was observed name by name.
 */

import { InternalError } from "../diag/index.ts";

export interface KnownHeader {
  readonly name: string;
  /** Further lines are appended to the first with a comma. */
  readonly joined?: true;
  /** Never seen by rules: removed before the route is looked for. */
  readonly removed?: true;
  /** Removed from requests that are not internal. */
  readonly internal?: true;
  /** Removed from requests that are not internal where use_remote_address makes this the edge. */
  readonly edge?: true;
  /** What `connection` does to it: its name there has no effect, or refuses the request. */
  readonly nominated?: "kept" | "refused";
}

const plain: readonly KnownHeader[] = [
  { name: ":method" },
  { name: ":path" },
  { name: ":authority" },
  { name: ":scheme" },
  { name: "host", joined: true },
  { name: "connection", joined: true, nominated: "kept" },
  { name: "upgrade", joined: true, nominated: "kept" },
  { name: "http2-settings", nominated: "kept" },
  { name: "te", joined: true },
  { name: "referer", joined: true },
  { name: "expect", joined: true },
  { name: "content-length" },
  { name: "transfer-encoding", joined: true, removed: true },
  { name: "content-type", joined: true },
  { name: "cookie" },
  { name: "x-forwarded-for", joined: true, nominated: "refused" },
  { name: "x-forwarded-host", joined: true, nominated: "refused" },
  { name: "x-forwarded-proto", joined: true, nominated: "refused" },
  { name: "x-request-id", joined: true },
  { name: "x-envoy-internal", joined: true, removed: true },
  { name: "x-envoy-external-address", joined: true },
  { name: "close", nominated: "kept" },
  { name: "keep-alive", joined: true, removed: true, nominated: "kept" },
  { name: "proxy-connection", joined: true, removed: true },
  { name: "x-forwarded-client-cert", joined: true },
  { name: "x-forwarded-port", joined: true },
  { name: "via", joined: true },
];

const names = (list: string, traits: Omit<KnownHeader, "name">): readonly KnownHeader[] =>
  list.split(" ").map((name) => ({ name, ...traits }));

export const knownHeaders: readonly KnownHeader[] = [
  ...plain,
  ...names(
    "accept accept-encoding access-control-request-headers access-control-request-method access-control-request-private-network " +
      "authentication authorization cache-control cdn-loop content-encoding grpc-accept-encoding grpc-timeout if-match if-modified-since " +
      "if-none-match if-range if-unmodified-since origin pragma proxy-status user-agent x-client-trace-id x-envoy-attempt-count " +
      "x-envoy-is-timeout-retry",
    { joined: true },
  ),
  ...names(
    "x-envoy-expected-rq-timeout-ms x-envoy-force-trace x-envoy-hedge-on-per-try-timeout x-envoy-ip-tags x-envoy-max-retries " +
      "x-envoy-original-url x-envoy-retriable-header-names x-envoy-retriable-status-codes x-envoy-retry-grpc-on x-envoy-retry-on " +
      "x-envoy-upstream-alt-stat-name x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response " +
      "x-envoy-upstream-rq-timeout-ms",
    { joined: true, internal: true },
  ),
  ...names("x-envoy-upstream-stream-duration-ms", { internal: true }),
  ...names(
    "x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-downstream-service-node x-envoy-original-path x-envoy-original-host",
    { joined: true, edge: true },
  ),
];

const ids: ReadonlyMap<string, number> = new Map(knownHeaders.map(({ name }, id) => [name, id]));

/** The id of a known header; a name that is not known is a mistake of the caller's. */
export function knownHeaderId(name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new InternalError(`${name} is not among the known headers`);
  return id;
}
