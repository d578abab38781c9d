import { asciiLower, wireText } from "../hir/bytes.ts";
import type { HirHttp, HirRouteConfig } from "../hir/index.ts";
import type { LirDomain, LirHttp, LirHttpFlag, LirPlace, LirRouteTable } from "../lir/decide.ts";
import { addressIntervals } from "./decide-intervals.ts";
import type { HeaderIds } from "./decide-names.ts";
import type { Interned } from "./intern.ts";

/** A connection manager. */
export function lowerHttp(http: HirHttp, ids: Interned): LirHttp {
  const routes = http.routeConfig === undefined ? undefined : ids.routeConfigIds.get(http.routeConfig);
  const internal = internalPlace(http);
  return {
    ...(routes === undefined ? {} : { routes }),
    ...(http.punt === undefined ? {} : { punt: http.punt }),
    flags: flagsOf(http),
    maxBytes: http.maxRequestHeadersKb * 1024,
    maxHeaders: http.maxHeadersCount,
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
    [http.underscores === "drop", "underscore_drop"],
    [http.underscores === "reject", "underscore_reject"],
    [http.acceptHttp10, "http10"],
    [http.allowAbsoluteUrl, "absolute"],
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

/** A route table: domains by kind, the first virtual host of equal ones (resolve has refused the others). `first` is its first virtual host's id. */
export function lowerRouteTable(config: HirRouteConfig, first: number, headers: HeaderIds): LirRouteTable {
  const exact = new Map<string, number>();
  const suffixes = new Map<string, number>();
  const prefixes = new Map<string, number>();
  let rest: number | undefined;
  const put = (map: Map<string, number>, text: string, vhost: number) => {
    if (!map.has(text)) map.set(text, vhost);
  };
  let id = first;
  for (const vhost of config.vhosts) {
    for (const name of vhost.domains) {
      const domain = wireText(name);
      if (domain === "*") rest ??= id;
      else if (domain.startsWith("*")) put(suffixes, domain.slice(1), id);
      else if (domain.endsWith("*")) put(prefixes, domain.slice(0, -1), id);
      else put(exact, domain, id);
    }
    id++;
  }
  return {
    exact: listOf(exact),
    suffixes: listOf(suffixes),
    prefixes: listOf(prefixes),
    ...(rest === undefined ? {} : { rest }),
    ignorePort: config.ignorePortInHost,
    ignoreParameters: config.ignorePathParameters,
    ...(config.vhostHeader === undefined ? {} : { vhostHeader: headers.idOf(config.vhostHeader) }),
    internalOnly: config.internalOnlyHeaders.map(headers.idOf),
  };
}

function listOf(map: ReadonlyMap<string, number>): readonly LirDomain[] {
  return Array.from(map, ([text, vhost]) => ({ text, vhost }));
}
