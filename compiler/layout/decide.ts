import type { DiagnosticSink } from "../diag/index.ts";
import type { LirDecide, LirDfa } from "../lir/decide.ts";
import { knownHeaders } from "../lir/header-names.ts";
import { knownMethods, wireText } from "../lir/text.ts";
import { createLast, createSameNumbers, type Last, type LookUp, type Places } from "../memo/index.ts";
import { createPlaces } from "./decide-chains.ts";
import { layoutHttps } from "./decide-http.ts";
import { layoutListeners, placeListeners } from "./decide-listeners.ts";
import { type Piece, piecesOf } from "./decide-pieces.ts";
import { layoutTables, placePieces, type RulePaths } from "./decide-tables.ts";
import { createWholeTargets, layoutDfas, layoutTargets } from "./decide-targets.ts";
import { createTexts, textRecords } from "./decide-texts.ts";
import { createWords, numbersOf, placeWords } from "./decide-words.ts";
import { flags } from "./flags.ts";
import { type Header, HeaderName } from "./gen/records.ts";
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
export interface DecideIds {
  readonly rules: RulePaths;
  readonly clusters: readonly { readonly name: string }[];
  readonly clustersOf: LookUp;
  /** By path. */
  readonly routeConfigIds: Places<string>;
}

/**
 * LIR -> images of the decide tier. Undefined when a limit is reached (the sink says which). Route tables are pieces, each laid out by
 * itself and then placed; listeners are pieces, too, some of them each.
 */
export function layoutDecide(lir: LirDecide, sink: DiagnosticSink, ids: DecideIds, last: Last = createLast()): DecideLayout | undefined {
  const texts = createTexts();
  const words = createWords(texts);
  const places = createPlaces(words);
  const targets = createWholeTargets(ids.clusters.length, ids.clustersOf);
  const reasons = createList<string>();
  const reason = (code: string | undefined): number => (code === undefined ? NONE : reasons.idOf(code));
  const pieces = lir.tables.flatMap(piecesOf);
  const headers = headerIds(pieces);
  const listeners = placeListeners(lir.listeners, places.placeOf, reasons.idOf);
  const { https } = listeners;
  // Header names are asked for by HTTP alone.
  const headerNames = https.length > 0 ? headers.names : [];

  for (const [id, name] of headerNames.entries()) words.add(flags.KM_W_HEADER, name, id);
  if (lir.readsClusterNames) for (const [id, { name }] of ids.clusters.entries()) words.add(flags.KM_W_CLUSTER, wireText(name), id);
  for (const [id, name] of (https.length > 0 ? knownMethods : []).entries()) words.add(flags.KM_W_METHOD, name, id);
  const http = layoutHttps(https, { texts, words, places, reason, tableIds: ids.routeConfigIds }, sink);
  const ownTexts = last("texts of all but route tables", texts.texts, textRecords);
  const lists = words.lists();
  const sameNumbers = last("numbers in words of all but route tables", [], createSameNumbers)(numbersOf(lists));
  const ownWords = last("words of all but route tables", [ownTexts, sameNumbers], () => placeWords([{ words: lists, text: 0, value: 0 }]));
  const dfas = createList<LirDfa>(({ regex }) => regex);
  const own = { texts: ownTexts, words: ownWords };
  const placed = placePieces(pieces, { targets: targets.idsOf, dfa: dfas.idOf, header: headers.idOf, reason: reasons.idOf }, own);
  // Behind the route tables, so that their targets keep their ids when a listener comes or goes.
  const listenerImages = layoutListeners(listeners, targets.idsOf, sink);
  const target = layoutTargets(targets, headers.idOf, sink);
  const dfaImages = last("dfas", dfas.list, (list) => complete(layoutDfas(list, sink)));
  const images = [
    ...listenerImages,
    http,
    ...layoutTables(placed, own, ids.rules, sink),
    ...target.images,
    ...(dfaImages ?? [undefined]),
    layoutHeaders(headerNames, sink),
    ...places.images(sink),
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
