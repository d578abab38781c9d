import type { XdsResource } from "../decode/index.ts";
import { type DiagnosticSink, Transcript } from "../diag/index.ts";

/** Questions about the rest of the world, each with a function that answers. Answers are compared by identity (`===`). */
export type Questions = { readonly [question: string]: (about: never) => unknown };

/** Results by resource, for as long as the resource lives: of a mesh that changes, those of resources that left it go with them. */
export type ResolveMemo = WeakMap<XdsResource, Entry>;

export function createResolveMemo(): ResolveMemo {
  return new WeakMap();
}

/** What resolving a resource asked, was told, had to say, and gave. */
interface Entry {
  readonly strict: boolean;
  /** In the order of asking. */
  readonly asked: readonly Asked[];
  readonly transcript: Transcript;
  readonly result: unknown;
}

interface Asked {
  readonly question: string;
  readonly about: never;
  readonly answer: unknown;
}

/**
 * `work` on a resource, or what it gave before: the very same result, and the same diagnostics, if every question that it asked has the
 * answer of that time. That holds because `work` can know nothing but the resource, `strict` and what it asks.
 *
 * Questions are asked again in their order and no further than the first answer that differs, so that no question is asked that `work`
 * would not ask.
 */
export function remember<Q extends Questions, T>(
  memo: ResolveMemo,
  resource: XdsResource,
  strict: boolean,
  questions: Q,
  sink: DiagnosticSink,
  work: (questions: Q, sink: DiagnosticSink) => T,
): T {
  const known = memo.get(resource);
  if (known && known.strict === strict && known.asked.every(({ question, about, answer }) => questions[question]!(about) === answer)) {
    known.transcript.tell(sink);
    return known.result as T;
  }
  const asked: Asked[] = [];
  const transcript = new Transcript();
  const result = work(recorded(questions, asked), transcript);
  memo.set(resource, { strict, asked, transcript, result });
  transcript.tell(sink);
  return result;
}

function recorded<Q extends Questions>(questions: Q, asked: Asked[]): Q {
  const asking = (question: string) => (about: never) => {
    const answer = questions[question]!(about);
    asked.push({ question, about, answer });
    return answer;
  };
  return Object.fromEntries(Object.keys(questions).map((question) => [question, asking(question)])) as Q;
}
