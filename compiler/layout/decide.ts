import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirChainRule, LirDecide, LirDfa, LirHttp, LirListenerRule } from "../lir/decide.ts";
import { knownHeaders } from "../lir/header-names.ts";
import { knownMethods, wireText } from "../lir/text.ts";
import { createLast, createSameNumbers, type Last, type LookUp, type Places } from "../memo/index.ts";
import { createPlaces, inspectFlags, type PlacePool } from "./decide-chains.ts";
import { layoutHttps } from "./decide-http.ts";
import { type Piece, piecesOf } from "./decide-pieces.ts";
import { layoutTables, placePieces, type RulePaths } from "./decide-tables.ts";
import { createWholeTargets, layoutDfas, layoutTargets, type WholeTargets } from "./decide-targets.ts";
import { createTexts, layoutTexts, textBlock } from "./decide-texts.ts";
import { createWords, numbersOf, placeWords } from "./decide-words.ts";
import { flags } from "./flags.ts";
import { Chain, type Header, HeaderName, Listener } from "./gen/records.ts";
import { complete, type Image, newImage, viewOf } from "./image.ts";
import { NONE } from "./piece.ts";
import { createList } from "./piece-names.ts";

export interface DecideLayout {
  readonly images: readonly Image[];
  readonly header: Header["decide"];
  /** Diagnostic codes by reason id. */
  readonly reasons: readonly string[];
  /** Paths of weighted entries by entry id. */
  readonly entries: readonly string[];
}

/** What layout needs of the whole model beside its LIR. */
export interface DecideIds extends RulePaths {
  readonly clusters: readonly { readonly name: string }[];
  readonly clusterIds: Places<string>;
  readonly clustersOf: LookUp;
  /** By path. */
  readonly routeConfigIds: Places<string>;
}

/**
 * LIR -> images of the decide tier. Undefined when a limit is reached (the sink says which). Route tables are pieces, each laid out by
 * itself and then placed; listeners are small and laid out in one go.
 */
export function layoutDecide(lir: LirDecide, sink: DiagnosticSink, ids: DecideIds, last: Last = createLast()): DecideLayout | undefined {
  const texts = createTexts();
  const words = createWords(texts);
  const places = createPlaces(words);
  const targets = createWholeTargets(ids.clusters.length);
  const reasons = createList<string>();
  const reason = (code: string | undefined): number => (code === undefined ? NONE : reasons.idOf(code));
  const pieces = lir.tables.flatMap(piecesOf);
  const headers = headerIds(pieces);
  const { chains, clusters, https } = last("rules of chains", lir.listeners, chainsOf);
  // Header names are asked for by HTTP alone.
  const headerNames = https.length > 0 ? headers.names : [];

  for (const [id, name] of headerNames.entries()) words.add(flags.KM_W_HEADER, name, id);
  if (lir.readsClusterNames) for (const [id, { name }] of ids.clusters.entries()) words.add(flags.KM_W_CLUSTER, wireText(name), id);
  for (const [id, name] of (https.length > 0 ? knownMethods : []).entries()) words.add(flags.KM_W_METHOD, name, id);
  const listeners = layoutListeners(lir, places, reason, sink);
  const http = layoutHttps(https, { texts, words, places, reason, tableIds: ids.routeConfigIds }, sink);
  const ownTexts = last("texts of all but route tables", texts.texts, textBlock);
  const lists = words.lists();
  const sameNumbers = last("numbers in words of all but route tables", [], createSameNumbers)(numbersOf(lists));
  const ownWords = last("words of all but route tables", [ownTexts, sameNumbers], () => placeWords([{ words: lists, text: 0, value: 0 }]));
  const dfas = createList<LirDfa>(({ regex }) => regex);
  const placed = placePieces(
    pieces,
    { clusters: ids.clustersOf, target: targets.idAt, dfa: dfas.idOf, header: headers.idOf, reason: reasons.idOf },
    { texts: ownTexts.count, words: ownWords.table?.records.count ?? 0 },
  );
  // Behind the route tables, so that their targets keep their ids when a listener comes or goes.
  const chain = layoutChains(chains, targets, ids.clustersOf(clusters), reason, sink);
  const target = layoutTargets(targets, { clusterIds: ids.clusterIds, headerId: headers.idOf }, sink);
  const dfaImages = last("dfas", dfas.list, (list) => complete(layoutDfas(list, sink)));
  const textImages = last("texts", [ownTexts, ...pieces.map((piece) => piece.texts)], (blocks) => complete(layoutTexts(blocks, sink)));
  const images = [
    ...listeners,
    chain,
    http,
    ...layoutTables(placed, ownWords, ids, sink, last),
    ...target.images,
    ...(dfaImages ?? [undefined]),
    layoutHeaders(headerNames, sink),
    ...places.images(sink),
    ...(textImages ?? [undefined]),
  ].filter((image) => image !== undefined);
  if (!ownWords.table || images.length !== DECIDE_TABLES) return undefined;
  return {
    images,
    header: { words: { first: 0, mask: ownWords.table.mask, seed: ownWords.table.seed }, virtualListener: lir.virtualListener ?? NONE },
    reasons: reasons.list,
    entries: target.entries,
  };
}

/** Header ids: the known names, then those that rules ask for, sorted. */
function headerIds(pieces: readonly Piece[]): { readonly names: readonly string[]; readonly idOf: (name: string) => number } {
  const known = knownHeaders.map(({ name }) => name);
  const asked = new Set(pieces.flatMap((piece) => piece.headerNames));
  for (const name of known) asked.delete(name);
  const names = [...known, ...[...asked].sort()];
  const ids = new Map(names.map((name, id) => [name, id]));
  return { names, idOf: (name) => ids.get(name)! };
}

/** Images that this tier makes: one for each of its tables. */
const DECIDE_TABLES = 19;

interface Chains {
  readonly chains: readonly LirChainRule[];
  /** By chain: the cluster that a single target names, or empty. */
  readonly clusters: readonly string[];
  readonly https: readonly LirHttp[];
}

function chainsOf(listeners: readonly LirListenerRule[]): Chains {
  const chains = listeners.flatMap((listener) => listener.chains);
  const clusters: string[] = [];
  const https: LirHttp[] = [];
  for (const chain of chains) {
    clusters.push(chain.kind === "tcp" && chain.target.kind === "cluster" ? chain.target.cluster : "");
    if (chain.kind === "http") https.push(chain.http);
  }
  return { chains, clusters, https };
}

function layoutListeners(
  lir: LirDecide,
  places: PlacePool,
  reason: (code: string | undefined) => number,
  sink: DiagnosticSink,
): readonly (Image | undefined)[] {
  const image = newImage("listener", lir.listeners.length, sink);
  if (!image) return [undefined];
  const view = viewOf(image);
  let firstChain = 0;
  for (let id = 0; id < lir.listeners.length; id++) {
    const { root, chains, defaultChain, punt, inspect } = lir.listeners[id]!;
    const [first, second] = inspect.map(inspectFlags);
    Listener.write(view, id * Listener.size, {
      root: places.placeOf(root, firstChain),
      defaultChain: defaultChain === undefined ? NONE : firstChain + defaultChain,
      punt: reason(punt),
      inspect: [first ?? 0, second ?? 0],
      pad0: 0,
    });
    firstChain += chains.length;
  }
  return [image];
}

function layoutChains(
  chains: readonly LirChainRule[],
  targets: Pick<WholeTargets, "idAt">,
  /** By chain: id of the cluster that a single target names, or -1. */
  clusters: Int32Array,
  reason: (code: string | undefined) => number,
  sink: DiagnosticSink,
): Image | undefined {
  const image = newImage("chain", chains.length, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  const put = (id: number, kind: number, value: number) => Chain.write(view, id * Chain.size, { kind, value });
  let nextHttp = 0;
  for (let id = 0; id < chains.length; id++) {
    const chain = chains[id]!;
    switch (chain.kind) {
      case "tcp":
        put(id, flags.KM_C_TCP, targets.idAt(chain.target, clusters[id]!));
        break;
      case "http":
        put(id, flags.KM_C_HTTP, nextHttp++);
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

function layoutHeaders(names: readonly string[], sink: DiagnosticSink): Image | undefined {
  const image = newImage("header", names.length, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  for (const id of names.keys()) {
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
