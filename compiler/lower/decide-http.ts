import { asciiLower, wireText } from "../hir/bytes.ts";
import type { HirHttp } from "../hir/index.ts";
import type { LirHttp, LirHttpFlag, LirPlace } from "../lir/decide.ts";
import { addressIntervals } from "./decide-intervals.ts";

/** A connection manager. */
export function lowerHttp(http: HirHttp): LirHttp {
  const routes = http.routeConfig;
  const internal = internalPlace(http);
  return {
    ...(routes === undefined ? {} : { routes }),
    ...(http.punt === undefined ? {} : { punt: http.punt }),
    flags: flagsOf(http),
    maxBytes: http.maxRequestHeadersKb * 1024,
    maxHeaders: http.maxHeadersCount,
    trustedHops: http.trustedHops,
    ...(http.via === "" ? {} : { via: wireText(http.via) }),
    ...(http.defaultHostForHttp10 === "" ? {} : { host10: wireText(http.defaultHostForHttp10) }),
    upgrades: [...new Set(http.upgrades.map((name) => asciiLower(wireText(name))))].sort(),
    ...(internal ? { internal } : {}),
  };
}

function flagsOf(http: HirHttp): readonly LirHttpFlag[] {
  const flags: readonly (readonly [boolean, LirHttpFlag])[] = [
    [http.normalizePath, "normalize"],
    [http.mergeSlashes, "merge"],
    [http.escapedSlashes === "unescape_and_forward", "unescape"],
    [http.escapedSlashes === "reject", "escape_reject"],
    [http.escapedSlashes === "unescape_and_redirect", "escape_redirect"],
    [http.stripHostPort === "any", "strip_port"],
    [http.stripHostPort === "matching", "strip_matching"],
    [http.stripTrailingHostDot, "strip_dot"],
    [http.useRemoteAddress, "remote"],
    [http.skipXffAppend, "skip_xff"],
    [http.appendForwardedPort, "forwarded_port"],
    [!http.generateRequestId, "no_request_id"],
    [http.preserveExternalRequestId, "keep_request_id"],
    [http.preserveExternalRequestId && http.packTraceReason, "untrace_request_id"],
    [http.forwardClientCert, "client_cert"],
    [http.underscores === "drop", "underscore_drop"],
    [http.underscores === "reject", "underscore_reject"],
    [http.acceptHttp10, "http10"],
    [http.allowAbsoluteUrl, "absolute"],
    [http.proxy100Continue, "continue"],
    [http.schemeOverwrite === "http", "scheme_http"],
    [http.schemeOverwrite === "https", "scheme_https"],
    [http.codec === "auto", "auto"],
    [http.codec === "http2" || http.codec === "http3", "not_http1"],
  ];
  return flags.flatMap(([set, flag]) => (set ? [flag] : []));
}

function internalPlace(http: HirHttp): LirPlace | undefined {
  if (http.internalCidrs.length === 0) return undefined;
  const inside: LirPlace = { kind: "chain", chain: 0 };
  const outside: LirPlace = { kind: "none" };
  const places = http.internalCidrs.map((prefix) => ({ prefix, next: inside }));
  return { kind: "intervals", by: "source", four: addressIntervals(places, 4, outside), six: addressIntervals(places, 6, outside) };
}
