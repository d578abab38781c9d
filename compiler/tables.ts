/** HIR -> tables: the back end without code, for who asks what a mesh becomes and runs none of it. */
import type { BundleName, BundleNames, HeaderScalars } from "./bundle/index.ts";
import { namesOfParts } from "./bundle/names.ts";
import type { DiagnosticSink } from "./diag/index.ts";
import type { HirModel, HirVirtualHost } from "./hir/index.ts";
import { layoutDecide } from "./layout/decide.ts";
import { type Image, type Images, layoutConnect, type TableName } from "./layout/index.ts";
import type { LirDecide } from "./lir/decide.ts";
import { type LirConnect, verifyLir } from "./lir/index.ts";
import { lowerDecide } from "./lower/decide.ts";
import { type ConnectOptions, type Interned, internModel, lowerConnect } from "./lower/index.ts";
import { type Chunk, createLast, type Last, perObject } from "./memo/index.ts";

/** Everything but code: pure, and the same for the same model. */
export interface CompiledTables {
  readonly ids: Interned;
  readonly lir: LirConnect;
  readonly decideLir: LirDecide;
  readonly images: Images;
  readonly header: HeaderScalars;
  readonly names: BundleNames;
}

export interface CompileOptions extends ConnectOptions {
  /** What the compile before made of parts that are here again. Changes nothing of the result. Default: nothing. */
  readonly last?: Last;
}

/**
 * All that a compile can say is said here: what code there is follows from the shape of the tables, and never fails. Undefined when a limit
 * is reached; the sink says which.
 */
export function compileTables(model: HirModel, sink: DiagnosticSink, options: CompileOptions = {}): CompiledTables | undefined {
  const { last = createLast() } = options;
  const ids = internModel(model, last);
  const lir = lowerConnect(model, ids, sink, options, last);
  verifyLir(lir);
  const decideLir = lowerDecide(model, ids, sink, last);
  const connect = layoutConnect(lir, sink, last);
  const names = namesOf(ids, last);
  const decide = layoutDecide(decideLir, sink, { ...ids, rules: names }, last);
  if (!connect || !decide) return undefined;
  return {
    ids,
    lir,
    decideLir,
    images: new Map<TableName, Image>([...connect.images, ...decide.images].map((image) => [image.table, image])),
    header: { ...connect.header, decide: decide.header },
    names: { ...names, entries: decide.entries, reasons: decide.reasons },
  };
}

/** The model's own objects, which have names and paths: others would be a megabyte or two of a large mesh. */
function namesOf(ids: Interned, last: Last): Omit<BundleNames, "entries" | "reasons"> {
  const { listeners, chains, routeConfigs, clusters } = ids;
  return {
    listeners,
    chains,
    routeConfigs,
    vhosts: last("names of vhosts", ids.vhostParts.map(vhostsOf), namesOfParts),
    routes: last("names of routes", ids.vhostParts.map(routesOf), namesOfParts),
    clusters,
  };
}

function vhostsOf({ items }: Chunk<HirVirtualHost>): readonly BundleName[] {
  return items;
}

const routesOf = perObject(({ items }: Chunk<HirVirtualHost>): readonly BundleName[] => items.flatMap(({ routes }) => routes));
