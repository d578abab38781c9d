import { setResult, type XdsResource } from "../decode/index.ts";
import { type DiagnosticSink, fold, Transcript } from "../diag/index.ts";
import type { Chunk } from "../memo/index.ts";
import { aboutsOf, type Changed, isAnsweredAsBefore, isAskedAbout, listOf, type Questions, type Recorder } from "./asked.ts";
import { Entry, entryOf, PartEntry } from "./entry.ts";
import { markOf, type ResolveMemo } from "./memo.ts";

/** One pass over a snapshot. */
export interface Remembering<Q extends Questions> {
  readonly memo: ResolveMemo;
  readonly strict: boolean;
  readonly questions: Q;
  readonly recorder: Recorder<Q>;
  readonly changed: Changed<Q>;
  readonly sink: DiagnosticSink;
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
  const path = () => resource.path;
  let entry = entryOf(resource);
  if (!entry || !isAsBefore(remembering, entry)) {
    entry = noted(remembering, path, work);
    setResult(resource, entry);
  }
  entry.said?.tell(remembering.sink, path);
  return entry.result as T;
}

/**
 * The same for a part of a resource that has many: a virtual host of a table. `work` may know the part's path and `given` beside the part,
 * which is compared by identity.
 */
export function rememberPart<Q extends Questions, T>(
  remembering: Remembering<Q>,
  part: object,
  path: string,
  given: readonly unknown[],
  sink: DiagnosticSink,
  work: (questions: Q, sink: DiagnosticSink) => T,
): T {
  const known = entryOf(part) as PartEntry | undefined;
  let entry: Entry;
  if (known && known.path === path && isSame(known.given, given) && isAsBefore(remembering, known)) {
    known.given = given;
    entry = known;
  } else {
    entry = new PartEntry(
      noted(remembering, () => path, work),
      path,
      given,
    );
    setResult(part, entry);
  }
  if (entry.said) {
    if (sink instanceof Transcript) sink.addPart(entry.said, path);
    else entry.said.tell(sink, () => path);
  }
  remembering.recorder.note(entry.asked);
  return entry.result as T;
}

function isAsBefore<Q extends Questions>({ memo, strict, questions, changed }: Remembering<Q>, entry: Entry): boolean {
  if (entry.mark !== markOf(memo, strict) || !isAnsweredAsBefore(entry.asked, entry.pass === memo.pass - 1, questions, changed))
    return false;
  entry.pass = memo.pass;
  return true;
}

function noted<Q extends Questions>(
  { memo, strict, recorder }: Remembering<Q>,
  path: () => string,
  work: (questions: Q, sink: DiagnosticSink) => unknown,
): Entry {
  const told = new Transcript(path);
  const { result, asked } = recorder.record((recording) => work(recording, told));
  return new Entry(markOf(memo, strict), asked, told.ended(), result, memo.pass);
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || a.every((one, i) => one === b[i]);
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
    known.said?.tell(sink);
    return known.results as readonly T[];
  }
  const results = chunk.items.map(resolve);
  const entries = chunk.items.map((item) => entryOf(item)!);
  const asked = aboutsOf(entries.flatMap((entry) => listOf(entry.asked)));
  const said = fold(entries.flatMap((entry, i) => (entry.said ? [{ said: entry.said, root: () => chunk.items[i]!.path }] : [])));
  memo.chunks.set(chunk, { strict, asked, results, said, pass: memo.pass });
  return results;
}
