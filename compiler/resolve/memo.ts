import type { XdsResource } from "../decode/index.ts";
import type { HirCluster } from "../hir/index.ts";
import { type Chunk, createChunks, createFinder, createLast, createSlot, type Last, type Slot } from "../memo/index.ts";
import type { ResolvedTable } from "./context.ts";
import type { ChunkEntry } from "./entry.ts";
import type { FilterNames } from "./filter-names.ts";

/** Results by resource, for as long as the resource lives: of a mesh that changes, those of resources that left it go with them. */
export interface ResolveMemo {
  /** What its entries of resources, and of parts of them, are marked with, by strictness: a resource has one entry, which may be another memo's. */
  readonly marks: { readonly strict: object; readonly lenient: object };
  readonly cutClusters: Cut;
  readonly cutListeners: Cut;
  readonly chunks: Slot<Chunk<XdsResource>, ChunkEntry>;
  /** By name, of the list that is asked for. */
  readonly findCluster: ReturnType<typeof createFinder<{ readonly name: string }, string>>;
  readonly findEndpoints: ReturnType<typeof createFinder<{ readonly name: string }, string>>;
  /** What was made of many together. */
  readonly last: Last;
  /** Number of the last pass over a snapshot, and what it left for the next one to compare with. */
  pass: number;
  before: PassEnd | undefined;
}

/** The resources of a kind in chunks. */
type Cut = (list: readonly XdsResource[]) => readonly Chunk<XdsResource>[];

/** What a pass over a snapshot saw. */
export interface PassEnd {
  readonly strict: boolean;
  /** By name. */
  readonly endpoints: readonly { readonly name: string }[];
  readonly clusters: readonly HirCluster[];
  /** Endpoints with something to say: it is said when a cluster asks for them. */
  readonly telling: ReadonlySet<string>;
  readonly filterNames: FilterNames;
  /** By name: for one that is as before, the same object. */
  readonly tables: ReadonlyMap<string, ResolvedTable>;
}

export function createResolveMemo(): ResolveMemo {
  return {
    marks: { strict: {}, lenient: {} },
    cutClusters: createChunks<XdsResource>(nameOf),
    cutListeners: createChunks<XdsResource>(nameOf),
    chunks: createSlot(),
    ...createFinders(),
    last: createLast(),
    pass: 0,
    before: undefined,
  };
}

/** What a pass without a memo needs of one. */
export function createFinders(): Pick<ResolveMemo, "findCluster" | "findEndpoints"> {
  return { findCluster: createFinder(nameOf), findEndpoints: createFinder(nameOf) };
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** Begins a pass over a snapshot. What the pass before left, if it can be compared with. */
export function beginPass(memo: ResolveMemo, strict: boolean): PassEnd | undefined {
  const { before } = memo;
  memo.pass++;
  memo.before = undefined;
  return before?.strict === strict ? before : undefined;
}

/** What this memo's entries are marked with. */
export function markOf({ marks }: ResolveMemo, strict: boolean): object {
  return strict ? marks.strict : marks.lenient;
}
