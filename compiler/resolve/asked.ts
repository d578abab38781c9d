import { perObject } from "../memo/index.ts";

/** Questions about the rest of the world, each with a function that answers. Answers are compared by identity (`===`). */
export type Questions = { readonly [question: string]: (about: never) => unknown };

/**
 * For some questions: what they may be answered differently about than in the pass before, or must be asked about again for another
 * reason. A question that is not here is always asked again, which is right for every question, and slower for those that many ask.
 */
export type Changed<Q extends Questions> = { readonly [K in keyof Q]?: ReadonlySet<Parameters<Q[K]>[0]> };

/** A question and its answer. */
interface Asked {
  readonly question: string;
  readonly about: never;
  readonly answer: unknown;
}

/** In the order of asking. One alone is no list: most of a large mesh's clusters and virtual hosts ask one question. */
export type AllAsked = Asked | readonly Asked[];

/** Questions that note what is asked. One for a pass: a mesh has tens of thousands of resources. */
export interface Recorder<Q extends Questions> {
  /** What `work` asks. Answering may be work that is recorded itself. */
  readonly record: <T>(work: (questions: Q) => T) => { readonly result: T; readonly asked: AllAsked };
  /** Whoever is being recorded has asked this, too: a part of it did. */
  readonly note: (asked: AllAsked) => void;
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
        return { result, asked: kept(asked) };
      } finally {
        asked = outer;
      }
    },
    note(more) {
      for (const one of listOf(more)) asked.push(one);
    },
  };
}

/** A copy has no room left over from growing. */
function kept(asked: readonly Asked[]): AllAsked {
  return asked.length === 0 ? nothing : asked.length === 1 ? asked[0]! : asked.slice();
}

export function listOf(asked: AllAsked): readonly Asked[] {
  return "question" in asked ? [asked] : asked;
}

/** Past so many questions they are looked for among those with another answer by name, not one by one. */
const MANY = 16;

/**
 * Whether every question has the answer that it had. They are asked again in their order and no further than the first answer that differs.
 *
 * @param isFresh in the pass before they had these answers
 */
export function isAnsweredAsBefore<Q extends Questions>(asked: AllAsked, isFresh: boolean, questions: Q, changed: Changed<Q>): boolean {
  const list = listOf(asked);
  if (isFresh && list.length > MANY && !isAskedAbout(aboutsOfMany(list), changed)) return true;
  for (const { question, about, answer } of list) {
    if (isFresh && changed[question]?.has(about) === false) continue;
    if (questions[question]!(about) !== answer) return false;
  }
  return true;
}

/** What was asked about, by question. */
export type Abouts = ReadonlyMap<string, ReadonlySet<never>>;

export function aboutsOf(asked: Iterable<Asked>): Abouts {
  const all = new Map<string, Set<never>>();
  for (const { question, about } of asked) {
    const abouts = all.get(question);
    if (abouts) abouts.add(about);
    else all.set(question, new Set([about]));
  }
  return all;
}

const aboutsOfMany = perObject(aboutsOf);

/** Whether something of this may have another answer than in the pass before. */
export function isAskedAbout<Q extends Questions>(asked: Abouts, changed: Changed<Q>): boolean {
  for (const [question, abouts] of asked) {
    const others = changed[question];
    if (!others) return true;
    for (const about of others) if (abouts.has(about)) return true;
  }
  return false;
}
