/** Makes a failing case small: takes away parts as long as the rest still fails. */
import type { Json, JsonObject } from "../json-fields.ts";
import type { RowQuestion } from "../question.ts";

/** A snapshot and one question, and how they differ. */
export interface Failure {
  readonly resources: readonly JsonObject[];
  /** Absent: the snapshot itself is taken by one side and refused by the other. */
  readonly question?: RowQuestion;
  readonly message: string;
}

/** Whether a smaller case fails too: its message, or undefined. */
export type Try = (resources: readonly JsonObject[], question: RowQuestion | undefined) => Promise<string | undefined>;

/** Tries smaller cases for at most `seconds`. */
export async function shrinkFailure(failure: Failure, attempt: Try, seconds: number): Promise<Failure> {
  let best = failure;
  const end = performance.now() + 1000 * seconds;
  for (let progress = true; progress; ) {
    progress = false;
    for (const smaller of smallerCases(best)) {
      if (performance.now() > end) break;
      const message = await attempt(smaller.resources, smaller.question).catch(() => undefined);
      if (message === undefined || kindOf(message) !== kindOf(failure.message)) continue;
      best = { ...smaller, message };
      progress = true;
      break;
    }
  }
  return best;
}

/** What a message is about: a smaller case must differ in the same thing. */
function kindOf(message: string): string {
  return message.split(":")[0]!;
}

type Candidate = Pick<Failure, "resources" | "question">;

function* smallerCases({ resources, question }: Failure): Generator<Candidate> {
  const keep = question === undefined ? {} : { question };
  for (let size = Math.floor(resources.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let i = 0; i + size <= resources.length; i += size)
      yield { resources: [...resources.slice(0, i), ...resources.slice(i + size)], ...keep };
  }
  for (const smaller of without(resources as Json[], 0)) yield { resources: smaller as JsonObject[], ...keep };
  if (question?.head !== undefined) {
    for (const head of shorterHeads(question.head)) yield { resources, question: { ...question, head } };
  }
}

const structure = new Set([
  "@type",
  "name",
  "address",
  "socket_address",
  "connect_timeout",
  "stat_prefix",
  "port_value",
  "cluster_name",
  "listener_filters_timeout",
]);

/** The value with one element of a list or one field gone, outermost first. */
function* without(value: Json, depth: number): Generator<Json> {
  if (Array.isArray(value)) {
    if (depth > 0) for (let i = 0; i < value.length; i++) yield value.toSpliced(i, 1);
    for (const [i, inner] of value.entries()) for (const smaller of without(inner, depth + 1)) yield value.toSpliced(i, 1, smaller);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    if (structure.has(key)) continue;
    const { [key]: _, ...rest } = value;
    yield rest;
  }
  for (const [key, inner] of Object.entries(value)) for (const smaller of without(inner, depth + 1)) yield { ...value, [key]: smaller };
}

function* shorterHeads(head: string): Generator<string> {
  const lines = head.split("\r\n");
  for (let i = 1; i < lines.length - 2; i++) yield lines.toSpliced(i, 1).join("\r\n");
  const [first = "", ...rest] = lines;
  const [method = "", target = "", ...version] = first.split(" ");
  for (const size of [8, 4, 2, 1]) {
    for (let i = 0; i + size < target.length; i++) {
      yield [[method, target.slice(0, i) + target.slice(i + size), ...version].join(" "), ...rest].join("\r\n");
    }
  }
}
