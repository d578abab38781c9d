import type { RequestHeader } from "./request.ts";

/**
 * Headers that Envoy keeps as one value: further lines are appended with a comma. All others stay lines of their own. From probes of
 * Envoy 1.40 name by name; `cookie` is not among them on HTTP/1.
 */
const joinedHeaders: ReadonlySet<string> = new Set(
  (
    "accept accept-encoding access-control-request-headers access-control-request-method access-control-request-private-network " +
    "authentication authorization cache-control cdn-loop connection content-encoding content-length content-type expect " +
    "grpc-accept-encoding grpc-timeout host if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive origin " +
    "pragma proxy-connection proxy-status referer te transfer-encoding upgrade user-agent via x-client-trace-id " +
    "x-envoy-attempt-count x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-downstream-service-node " +
    "x-envoy-expected-rq-timeout-ms x-envoy-external-address x-envoy-force-trace x-envoy-hedge-on-per-try-timeout x-envoy-internal " +
    "x-envoy-ip-tags x-envoy-is-timeout-retry x-envoy-max-retries x-envoy-original-host x-envoy-original-path x-envoy-original-url " +
    "x-envoy-retriable-header-names " +
    "x-envoy-retriable-status-codes x-envoy-retry-grpc-on x-envoy-retry-on x-envoy-upstream-alt-stat-name " +
    "x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response x-envoy-upstream-rq-timeout-ms " +
    "x-forwarded-client-cert x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-request-id"
  ).split(" "),
);

/** An ordered header list that changes while a head is worked on. Names are lower case. */
export interface HeaderMap {
  readonly get: (name: string) => string | undefined;
  readonly add: (name: string, value: string) => void;
  /** Replaces all lines of the name: a joined header in its place, another one at the end. */
  readonly set: (name: string, value: string) => void;
  readonly remove: (name: string) => void;
  /** Entries: joined lines count once. */
  readonly size: () => number;
  readonly list: () => readonly RequestHeader[];
}

export function createHeaderMap(initial: readonly RequestHeader[] = []): HeaderMap {
  let entries: [string, string][] = initial.map(([name, value]) => [name, value]);
  const find = (name: string) => entries.find((entry) => entry[0] === name);
  const map: HeaderMap = {
    get: (name) => find(name)?.[1],
    add: (name, value) => {
      const entry = joinedHeaders.has(name) ? find(name) : undefined;
      if (!entry) entries.push([name, value]);
      else if (value !== "") entry[1] = entry[1] === "" ? value : `${entry[1]},${value}`;
    },
    set: (name, value) => {
      const entry = joinedHeaders.has(name) ? find(name) : undefined;
      if (entry) {
        entry[1] = value;
        return;
      }
      map.remove(name);
      entries.push([name, value]);
    },
    remove: (name) => {
      entries = entries.filter((entry) => entry[0] !== name);
    },
    size: () => entries.length,
    list: () => entries,
  };
  return map;
}
