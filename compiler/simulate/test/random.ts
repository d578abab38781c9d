/** Deterministic random models, small enough that rules meet: values come from short lists. */
import type {
  HirAction,
  HirChain,
  HirChainMatch,
  HirCookieMatch,
  HirHeaderMatch,
  HirHttp,
  HirListener,
  HirModel,
  HirPathMatch,
  HirQueryMatch,
  HirRoute,
  HirRouteConfig,
  HirStringMatch,
  HirTarget,
  HirVirtualHost,
} from "../../hir/index.ts";
import { chain, forward, http, listener, model, route, routeConfig, tcp, toCluster, vhost, weighted } from "../../hir/test/build.ts";

/** A stream of numbers that only the seed decides. */
export interface Random {
  readonly below: (bound: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  /** True once in `n`. */
  readonly once: (n: number) => boolean;
  readonly some: <T>(most: number, make: () => T) => readonly T[];
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (bound: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % bound;
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return { below, pick, once: (n) => below(n) === 0, some: (most, make) => Array.from({ length: below(most + 1) }, make) };
}

const names = ["a", "b", "c", "gone"];
const words = ["", "a", "A", "ab", "abc", "b", "1", "5", "-3", "é", "a,b", "x y"];
const regexes = [
  "a|b",
  "/a.*",
  "[^x]+",
  "(?i)ab?c",
  "\\d{1,3}",
  ".*b$",
  "^/b(/.*)?$",
  "\\ba.*",
  "(a|ab)(c|bcd)?",
  "(?s).*",
  "[\\x80-\\xff]+",
  "/[^/]+/[^/]*",
];
export const paths = ["/", "/a", "/A", "/ab", "/a/", "/a/b", "/b", "/a;x/b", "/a//b", "/%61", "/a/../b", "/é"];
const domains = ["a.com", "*.a.com", "*.com", "*", "b.*", "b.o*", "*-x.org", "x.a.com", "a.com:80", "[::1]", "**.com", "a*.com", "com", ""];
const headerNames = [
  "x-a",
  "x-b",
  ":method",
  ":path",
  ":authority",
  ":scheme",
  "via",
  "cookie",
  "x-forwarded-for",
  "x-envoy-retry-on",
  "te",
  "x-request-id",
];

export function randomString(r: Random): HirStringMatch {
  if (r.once(4)) return { kind: "regex", regex: r.pick(regexes) };
  return { kind: r.pick(["exact", "prefix", "suffix", "contains"] as const), value: r.pick([...words, ...paths]), ignoreCase: r.once(3) };
}

function randomHeader(r: Random): HirHeaderMatch {
  const value = r.once(4)
    ? ({ kind: "present", present: r.once(2) } as const)
    : r.once(4)
      ? ({ kind: "range", start: r.pick(["-3", "0", "5"]), end: r.pick(["-1", "5", "6", "9223372036854775807"]) } as const)
      : randomString(r);
  return { name: r.pick(headerNames), invert: r.once(3), missingAsEmpty: r.once(4), value };
}

function randomQuery(r: Random): HirQueryMatch {
  return { name: r.pick(["q", "p", "x?q"]), value: r.once(3) ? { kind: "present", present: r.once(2) } : randomString(r) };
}

function randomCookie(r: Random): HirCookieMatch {
  return { name: r.pick(["k", "l"]), invert: r.once(3), value: randomString(r) };
}

function randomPath(r: Random): HirPathMatch {
  const value = r.pick([...paths, "", "/a?x", "a"]);
  switch (r.below(8)) {
    case 0:
      return { kind: "path", value };
    case 1:
      return { kind: "path_separated_prefix", value: r.pick(["/a", "/a/b", "/A"]) };
    case 2:
    case 3:
      return { kind: "regex", regex: r.pick(regexes) };
    case 4:
      return r.once(2) ? { kind: "connect" } : { kind: "template", template: "/a/*", regex: "/a/[^/]+" };
    default:
      return { kind: "prefix", value };
  }
}

function randomTarget(r: Random): HirTarget {
  if (r.once(5)) return { kind: "cluster_header", header: r.pick(["x-c", "x-a", ":authority"]) };
  if (r.once(3)) return toCluster(r.pick(names));
  const target = weighted({ a: r.below(4), b: 1 + r.below(100), gone: r.below(3) }, r.once(3) ? "x-pick" : undefined);
  if (target.kind !== "weighted" || !r.once(3)) return target;
  return {
    ...target,
    entries: [...target.entries, { path: "weighted[header]", weight: 2, target: { kind: "cluster_header", header: "x-c" }, treatment: {} }],
  };
}

function randomAction(r: Random): HirAction {
  switch (r.below(8)) {
    case 0:
      return { kind: "redirect", redirect: { status: 301, https: true, stripQuery: false } };
    case 1:
      return { kind: "respond", status: r.pick([200, 404]), body: "" };
    case 2:
      return r.once(2) ? { kind: "non_forwarding" } : { kind: "punt", why: "KM9999" };
    default: {
      const upgrades = { ...(r.once(4) ? { websocket: r.once(2) } : {}), ...(r.once(4) ? { connect: r.once(2) } : {}) };
      return forward(randomTarget(r), { notFoundStatus: r.pick([503, 404]), ...upgrades });
    }
  }
}

function randomRoute(r: Random): HirRoute {
  const denominator = r.pick([100, 10_000, 1_000_000]);
  return route(
    {
      path: randomPath(r),
      match: {
        caseSensitive: !r.once(4),
        headers: r.some(2, () => randomHeader(r)),
        query: r.once(4) ? [randomQuery(r)] : [],
        cookies: r.once(6) ? [randomCookie(r)] : [],
        grpc: r.once(10),
        ...(r.once(4) ? { fraction: { numerator: r.pick([0, 1, denominator / 2, denominator]), denominator } } : {}),
        ...(r.once(30) ? { never: true } : {}),
      },
      to: randomAction(r),
    },
    r.once(30) ? { punt: "KM9998" } : {},
  );
}

function randomVhost(r: Random, of: readonly string[]): HirVirtualHost {
  return vhost(
    of,
    r.some(5, () => randomRoute(r)),
    {
      requireTls: r.once(8) ? r.pick(["all", "external_only"] as const) : "none",
      ...(r.once(30) ? { punt: "KM9997" } : {}),
    },
  );
}

function randomConfig(r: Random, name: string): HirRouteConfig {
  const left = [...domains];
  const vhosts = r.some(5, () =>
    randomVhost(
      r,
      Array.from({ length: 1 + r.below(2) }, () => left.splice(r.below(left.length), 1)[0]!),
    ),
  );
  const made = routeConfig(vhosts, {
    ignorePortInHost: r.once(4),
    ignorePathParameters: r.once(4),
    ...(r.once(6) ? { vhostHeader: "x-a" } : {}),
    internalOnlyHeaders: r.once(6) ? ["x-b"] : [],
  });
  const rename = (path: string) => path.replace(/^rc/, name);
  return {
    ...made,
    name,
    path: name,
    vhosts: made.vhosts.map((v) => ({ ...v, path: rename(v.path), routes: v.routes.map((one) => ({ ...one, path: rename(one.path) })) })),
  };
}

function randomHttp(r: Random, config: string): HirHttp {
  const internalCidrs = r.once(4)
    ? [
        { ip: "10.0.0.0", length: 8 },
        { ip: "fd00::", length: 16 },
      ]
    : [];
  return http({
    routeConfig: config,
    codec: r.pick(["auto", "auto", "http1", "http2"] as const),
    normalizePath: r.once(2),
    mergeSlashes: r.once(2),
    escapedSlashes: r.pick(["keep", "keep", "reject", "unescape_and_redirect", "unescape_and_forward"] as const),
    stripHostPort: r.pick(["none", "any", "matching"] as const),
    stripTrailingHostDot: r.once(3),
    useRemoteAddress: r.once(3),
    skipXffAppend: r.once(4),
    trustedHops: r.pick([0, 0, 0, 1, 2]),
    appendForwardedPort: r.once(4),
    via: r.once(4) ? "1.1 km" : "",
    generateRequestId: !r.once(4),
    preserveExternalRequestId: r.once(4),
    packTraceReason: !r.once(4),
    forwardClientCert: r.once(4),
    internalCidrs,
    underscores: r.pick(["allow", "drop", "reject"] as const),
    acceptHttp10: r.once(3),
    defaultHostForHttp10: r.once(2) ? "a.com" : "",
    allowAbsoluteUrl: !r.once(4),
    proxy100Continue: r.once(4),
    upgrades: r.once(3) ? ["websocket"] : r.once(3) ? ["connect"] : [],
    ...(r.once(6) ? { schemeOverwrite: "https" as const } : {}),
    maxHeadersCount: r.once(6) ? 3 : 100,
    ...(r.once(30) ? { punt: "KM9996" } : {}),
  });
}

const prefixes = [
  { ip: "10.0.0.0", length: 8 },
  { ip: "10.0.1.0", length: 24 },
  { ip: "10.0.1.1", length: 32 },
  { ip: "0.0.0.0", length: 0 },
  { ip: "fd00::", length: 16 },
  { ip: "::", length: 0 },
  { ip: "128.0.0.0", length: 1 },
  { ip: "10.0.1.255", length: 32 },
];

function randomMatch(r: Random): Partial<HirChainMatch> {
  const list = <T>(n: number, values: readonly T[]): readonly T[] => (r.once(n) ? [...new Set(r.some(2, () => r.pick(values)))] : []);
  return {
    ...(r.once(4) ? { destinationPort: r.pick([80, 81, 443, 0xffff]) } : {}),
    prefixRanges: list(3, prefixes),
    serverNames: list(3, ["a.com", "*.a.com", "*.com", "x.a.com"]),
    ...(r.once(4) ? { transportProtocol: r.pick(["tls", "raw_buffer", "quic"]) } : {}),
    applicationProtocols: list(3, ["h2", "http/1.1", "http/1.0", "h2c", "H2"]),
    directSourcePrefixRanges: list(6, prefixes),
    sourceType: r.once(5) ? r.pick(["same_ip_or_loopback", "external"] as const) : "any",
    sourcePrefixRanges: list(5, prefixes),
    sourcePorts: list(5, [1, 2, 0xffff]),
  };
}

const addresses = ["10.0.1.1:80", "10.0.0.1:80", "0.0.0.0:80", "0.0.0.0:443", ":::80", "fd00::1:443", "10.0.1.1:443"];

export function randomModel(r: Random): HirModel {
  const configs = ["r0", "r1"].map((name) => randomConfig(r, name));
  const left = [...addresses];
  const makeChain = (name: string): HirChain => {
    switch (r.below(6)) {
      case 0:
        return chain(name, randomMatch(r), { kind: "punt", why: "KM9995" });
      case 1:
        return chain(name, randomMatch(r), { kind: "close" });
      case 2:
        return chain(name, randomMatch(r), tcp(randomTcp(r)));
      default:
        return chain(name, randomMatch(r), { kind: "http", http: randomHttp(r, r.pick(["r0", "r1", "gone"])) });
    }
  };
  const makeListener = (i: number): HirListener => {
    const chains = Array.from({ length: 1 + r.below(5) }, (_, c) => makeChain(`l${i}c${c}`));
    const own = Array.from({ length: 1 + r.below(2) }, () => left.splice(r.below(left.length), 1)[0]!);
    const made = listener(own, chains, {
      inspectors: { tls: r.once(2), http: r.once(2) },
      listenerFiltersTimeout: r.pick([0, 15_000]),
      continueOnListenerFiltersTimeout: r.once(2),
      ...(r.once(2) ? { defaultChain: makeChain(`l${i}default`) } : {}),
      ...(r.once(20) ? { punt: "KM9994" } : {}),
    });
    return made;
  };
  const listeners = Array.from({ length: 1 + r.below(3) }, (_, i) => makeListener(i));
  const last = listeners.length - 1;
  return model(
    listeners.map((one, i) => (i === last && r.once(2) ? { ...one, useOriginalDst: true } : one)),
    [],
    configs,
  );
}

function randomTcp(r: Random): HirTarget {
  return r.once(2) ? toCluster(r.pick(names)) : weighted({ a: 1 + r.below(3), b: r.below(3), gone: r.below(2) });
}
