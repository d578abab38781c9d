import type { XdsResource } from "../decode/index.ts";
import { type DiagnosticSink, Transcript } from "../diag/index.ts";
import type { HirCluster } from "../hir/index.ts";
import { align, type Chunk, createChunks, createFinder, createLast, createSlot, goneFrom, type Last, type Slot } from "../memo/index.ts";
import type { ResolvedTable } from "./context.ts";
import type { FilterNames } from "./filter-names.ts";

/** Questions about the rest of the world, each with a function that answers. Answers are compared by identity (`===`). */
export type Questions = { readonly [question: string]: (about: never) => unknown };

/**
 * For some questions: what they may be answered differently about than in the pass before, or must be asked about again for another
 * reason. A question that is not here is always asked again, which is right for every question, and slower for those that many ask.
 */
export type Changed<Q extends Questions> = { readonly [K in keyof Q]?: ReadonlySet<Parameters<Q[K]>[0]> };

/** Results by resource, for as long as the resource lives: of a mesh that changes, those of resources that left it go with them. */
export interface ResolveMemo {
  /** Of resources, and of parts of them. */
  readonly entries: Slot<object, Entry>;
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
    entries: createSlot(),
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

/** What resolving a resource asked, was told, had to say, and gave. */
interface Entry {
  readonly strict: boolean;
  /** What a part was given beside itself. */
  readonly given: readonly unknown[];
  /** In the order of asking. */
  readonly asked: readonly Asked[];
  /** Undefined where it had nothing to say, as most. */
  readonly transcript: Transcript | undefined;
  readonly result: unknown;
  /** The last pass in which the answers were these. */
  pass: number;
  /** What was asked about, by question, of who asked much. */
  abouts?: Abouts;
}

/** What was asked about, by question. */
type Abouts = ReadonlyMap<string, ReadonlySet<never>>;

interface Asked {
  readonly question: string;
  readonly about: never;
  readonly answer: unknown;
}

/** One pass over a snapshot. */
export interface Remembering<Q extends Questions> {
  readonly memo: ResolveMemo;
  readonly strict: boolean;
  readonly questions: Q;
  readonly recorder: Recorder<Q>;
  readonly changed: Changed<Q>;
  readonly sink: DiagnosticSink;
}

/** Questions that note what is asked. One for a pass: a mesh has tens of thousands of resources. */
export interface Recorder<Q extends Questions> {
  /** What `work` asks. Answering may be work that is recorded itself. */
  readonly record: <T>(work: (questions: Q) => T) => { readonly result: T; readonly asked: readonly Asked[] };
  /** Whoever is being recorded has asked this, too: a part of it did. */
  readonly note: (asked: readonly Asked[]) => void;
}

const nothing: readonly never[] = [];

export function createRecorder<Q extends Questions>(questions: Q): Recorder<Q> {
  let asked: Asked[] = [];
  const asking = (question: string) => (about: never) => {
    const answer = questions[question]!(about);
    asked.push({ question, about, answer });
    return answer;
  };
  const recording = Object.fromEntries(Object.keys(questions).map((question) => [question, asking(question)])) as Q;
  return {
    record(work) {
      const outer = asked;
      asked = [];
      try {
        const result = work(recording);
        // A copy has no room left over from growing.
        return { result, asked: asked.length === 0 ? nothing : asked.slice() };
      } finally {
        asked = outer;
      }
    },
    note(more) {
      for (const one of more) asked.push(one);
    },
  };
}

/**
 * `work` on a resource, or what it gave before: the very same result, and the same diagnostics, if every question that it asked has the
 * answer of that time. That holds because `work` can know nothing but the resource, `strict` and what it asks.
 *
 * Questions are asked again in their order and no further than the first answer that differs, so that no question is asked that `work`
 * would not ask.
 */
export function remember<Q extends Questions, T>(
  remembering: Remembering<Q>,
  resource: XdsResource,
  work: (questions: Q, sink: DiagnosticSink) => T,
): T {
  return recall(remembering, resource, nothing, remembering.sink, work).result as T;
}

function recall<Q extends Questions>(
  { memo, strict, questions, recorder, changed }: Remembering<Q>,
  key: object,
  given: readonly unknown[],
  sink: DiagnosticSink,
  work: (questions: Q, sink: DiagnosticSink) => unknown,
): Entry {
  const known = memo.entries.get(key);
  const isGiven = known?.strict === strict && known.given.every((one, i) => one === given[i]);
  if (known && isGiven && isAnsweredAsBefore(known, memo.pass, questions, changed)) {
    known.pass = memo.pass;
    known.transcript?.tell(sink);
    return known;
  }
  const told = new Transcript();
  const { result, asked } = recorder.record((recording) => work(recording, told));
  const entry = { strict, given, asked, transcript: told.ended(), result, pass: memo.pass };
  memo.entries.set(key, entry);
  entry.transcript?.tell(sink);
  return entry;
}

/** Past so many questions they are looked for among those with another answer by name, not one by one. */
const MANY = 16;

function isAnsweredAsBefore<Q extends Questions>(entry: Entry, now: number, questions: Q, changed: Changed<Q>): boolean {
  const { asked, pass } = entry;
  const isFresh = pass === now - 1;
  if (isFresh && asked.length > MANY) {
    entry.abouts ??= aboutsOf(asked);
    if (!isAskedAbout(entry.abouts, changed)) return true;
  }
  for (const { question, about, answer } of asked) {
    if (isFresh && changed[question]?.has(about) === false) continue;
    if (questions[question]!(about) !== answer) return false;
  }
  return true;
}

/** The same for a part of a resource that has many: a virtual host of a table. `work` may know `given` beside the part, which is compared by identity. */
export function rememberPart<Q extends Questions, T>(
  remembering: Remembering<Q>,
  part: object,
  given: readonly unknown[],
  sink: DiagnosticSink,
  work: (questions: Q, sink: DiagnosticSink) => T,
): T {
  const { asked, result } = recall(remembering, part, given, sink, work);
  remembering.recorder.note(asked);
  return result as T;
}

/** What a chunk's resources asked and gave together, in the last pass in which every answer was the same. */
interface ChunkEntry {
  readonly strict: boolean;
  readonly asked: Abouts;
  readonly results: readonly unknown[];
  readonly transcript: Transcript;
  pass: number;
}

/**
 * `remember` of each of a chunk's resources, with notes of one kind told as one. Where nothing that they asked about can have another answer, none of them is
 * even looked at.
 */
export function rememberChunk<Q extends Questions, T>(
  { memo, strict, changed, sink }: Remembering<Q>,
  chunk: Chunk<XdsResource>,
  resolve: (resource: XdsResource) => T,
): readonly T[] {
  const known = memo.chunks.get(chunk);
  if (known && known.strict === strict && known.pass === memo.pass - 1 && !isAskedAbout(known.asked, changed)) {
    known.pass = memo.pass;
    known.transcript.tell(sink);
    return known.results as readonly T[];
  }
  const results = chunk.items.map(resolve);
  const entries = chunk.items.map((item) => memo.entries.get(item)!);
  const asked = aboutsOf(entries.flatMap((entry) => entry.asked));
  const transcript = Transcript.fold(entries.flatMap((entry) => entry.transcript ?? []));
  memo.chunks.set(chunk, { strict, asked, results, transcript, pass: memo.pass });
  return results;
}

function aboutsOf(asked: readonly Asked[]): Abouts {
  const all = new Map<string, Set<never>>();
  for (const { question, about } of asked) {
    const abouts = all.get(question);
    if (abouts) abouts.add(about);
    else all.set(question, new Set([about]));
  }
  return all;
}

function isAskedAbout<Q extends Questions>(asked: Abouts, changed: Changed<Q>): boolean {
  for (const [question, abouts] of asked) {
    const others = changed[question];
    if (!others) return true;
    for (const about of others) if (abouts.has(about)) return true;
  }
  return false;
}

/** Keys whose value is another one, or is in one of the two only. */
export function keysThatDiffer(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): Set<string> {
  const keys = new Set<string>();
  if (a === b) return keys;
  for (const key of a.keys()) if (!b.has(key)) keys.add(key);
  for (const [key, value] of b) if (a.get(key) !== value) keys.add(key);
  return keys;
}

/** Names of what is in one of two lists only, or is another object in them; of long lists that differ much, of some others, too. */
export function namesThatDiffer(a: readonly { readonly name: string }[], b: readonly { readonly name: string }[]): Set<string> {
  const names = new Set<string>();
  if (a === b) return names;
  const stretches = align(a, b);
  for (const [first, end] of goneFrom(a.length, stretches)) for (let at = first; at < end; at++) names.add(a[at]!.name);
  for (const { at, length, from } of stretches) if (from === -1) for (let i = at; i < at + length; i++) names.add(b[i]!.name);
  return names;
}
