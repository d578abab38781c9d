import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirDecide } from "../lir/decide.ts";
import { knownHeaders } from "../lir/header-names.ts";
import { createPlaces, inspectFlags, NONE, type PlacePool } from "./decide-chains.ts";
import { layoutHttps, layoutRouteTables } from "./decide-http.ts";
import { layoutRoutes } from "./decide-routes.ts";
import { layoutDfas, layoutTargets } from "./decide-targets.ts";
import { createTexts } from "./decide-texts.ts";
import { createWords } from "./decide-words.ts";
import { flags } from "./flags.ts";
import { Chain, type Header, HeaderName, Listener, Vhost } from "./gen/records.ts";
import { type Image, newImage, viewOf, withinLimit } from "./image.ts";

export interface DecideLayout {
  readonly images: readonly Image[];
  readonly header: Header["decide"];
  /** Diagnostic codes by reason id. */
  readonly reasons: readonly string[];
}

/** Methods that Envoy's parser takes; all others answer 400. */
const methods =
  "ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE MSEARCH NOTIFY OPTIONS PATCH POST " +
  "PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE";

/** Where rules stand in the snapshot, by id: for what there is to say of them. */
export interface RulePaths {
  readonly vhosts: readonly { readonly path: string }[];
  readonly routes: readonly { readonly path: string }[];
}

/** LIR -> images of the decide tier. Undefined when a limit is reached (the sink says which). */
export function layoutDecide(lir: LirDecide, sink: DiagnosticSink, paths: RulePaths): DecideLayout | undefined {
  const texts = createTexts();
  const words = createWords(texts);
  const places = createPlaces(words);
  const reasons: string[] = [];
  const reason = (code: string | undefined): number => {
    if (code === undefined) return NONE;
    const known = reasons.indexOf(code);
    return known >= 0 ? known : reasons.push(code) - 1;
  };

  for (const [id, name] of lir.headers.entries()) words.add(flags.KM_W_HEADER, name, id);
  for (const [id, name] of lir.clusterNames.entries()) words.add(flags.KM_W_CLUSTER, name, id);
  for (const [id, name] of (lir.https.length > 0 ? methods.split(" ") : []).entries()) words.add(flags.KM_W_METHOD, name, id);
  const tables = [
    ...layoutListeners(lir, places, reason, sink),
    layoutChains(lir, reason, sink),
    layoutHttps(lir.https, { texts, words, places, reason }, sink),
    ...layoutRouteTables(lir.routeTables, words, sink),
    layoutVhosts(lir, reason, paths, sink),
    ...layoutRoutes(lir.routes, texts, reason, (id) => paths.routes[id]?.path ?? `route ${id}`, sink),
    ...layoutTargets(lir.targets, sink),
    ...layoutDfas(lir.dfas, sink),
    layoutHeaders(lir, sink),
    ...places.images(sink),
  ];
  // Words and texts last: everything above adds to them.
  const word = words.image(sink);
  const images = [...tables, word?.image, ...texts.images(sink)].filter((image) => image !== undefined);
  if (!word || images.length !== DECIDE_TABLES) return undefined;
  return {
    images,
    header: { wordSeed: word.seed, wordMask: word.mask, virtualListener: lir.virtualListener ?? NONE, pad0: 0 },
    reasons,
  };
}

/** Images that this tier makes: one for each of its tables. */
const DECIDE_TABLES = 19;

function layoutListeners(
  lir: LirDecide,
  places: PlacePool,
  reason: (code: string | undefined) => number,
  sink: DiagnosticSink,
): readonly (Image | undefined)[] {
  const image = newImage("listener", lir.listeners.length, sink);
  if (!image) return [undefined];
  const view = viewOf(image);
  for (const [id, { root, defaultChain, punt, inspect }] of lir.listeners.entries()) {
    const [first, second] = inspect.map(inspectFlags);
    Listener.write(view, id * Listener.size, {
      root: places.placeOf(root),
      defaultChain: defaultChain ?? NONE,
      punt: reason(punt),
      inspect: [first ?? 0, second ?? 0],
      pad0: 0,
    });
  }
  return [image];
}

function layoutChains(lir: LirDecide, reason: (code: string | undefined) => number, sink: DiagnosticSink): Image | undefined {
  const image = newImage("chain", lir.chains.length, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  const put = (id: number, kind: number, value: number) => Chain.write(view, id * Chain.size, { kind, value });
  for (const [id, chain] of lir.chains.entries()) {
    switch (chain.kind) {
      case "tcp":
        put(id, flags.KM_C_TCP, chain.target);
        break;
      case "http":
        put(id, flags.KM_C_HTTP, chain.http);
        break;
      case "punt":
        put(id, flags.KM_C_PUNT, reason(chain.why));
        break;
      case "close":
        put(id, flags.KM_C_CLOSE, NONE);
        break;
      default:
        assertNever(chain);
    }
  }
  return image;
}

const tls = { none: 0, external_only: flags.KM_TLS_EXTERNAL, all: flags.KM_TLS_ALL } as const;

function layoutVhosts(
  lir: LirDecide,
  reason: (code: string | undefined) => number,
  paths: RulePaths,
  sink: DiagnosticSink,
): Image | undefined {
  const pathOf = (id: number): string => paths.vhosts[id]?.path ?? `virtual host ${id}`;
  const fits = lir.vhosts.every(({ count }, id) => withinLimit("routesPerVhost", count, () => pathOf(id), sink));
  const image = newImage("vhost", lir.vhosts.length, sink);
  if (!fits || !image) return undefined;
  const view = viewOf(image);
  for (const [id, { first, count, punt, requireTls }] of lir.vhosts.entries()) {
    Vhost.write(view, id * Vhost.size, { first, count, punt: reason(punt), tls: tls[requireTls] });
  }
  return image;
}

function layoutHeaders(lir: LirDecide, sink: DiagnosticSink): Image | undefined {
  const image = newImage("header", lir.headers.length, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  for (const id of lir.headers.keys()) {
    const known = knownHeaders[id];
    const bits = known
      ? (known.joined ? flags.KM_HN_JOINED : 0) |
        (known.removed ? flags.KM_HN_REMOVED : 0) |
        (known.internal ? flags.KM_HN_INTERNAL : 0) |
        (known.edge ? flags.KM_HN_EDGE : 0) |
        (known.nominated === "kept" ? flags.KM_HN_KEPT : known.nominated === "refused" ? flags.KM_HN_REFUSED : 0)
      : 0;
    HeaderName.write(view, id * HeaderName.size, { flags: bits, pad0: 0 });
  }
  return image;
}
