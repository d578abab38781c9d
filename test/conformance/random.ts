/**
 * Randomised conformance: random small snapshots and random questions near to what their rules ask for are put to a real Envoy and to our
 * own engine; the first field in which they differ is printed, with the case made small. Some snapshots have a field made wrong: both
 * must refuse them, or neither.
 *
 *   node --import tsx test/conformance/random.ts [--seed=N] [--cases=M] [--engine=hir|wasm|both] [--seconds=S] [--failures=K] [--shrink=S]
 *
 * `make conformance-random SEED=N CASES=M` is the same; `make test` asks the first 60 cases. Case i has the seed N + i, so `--seed=X --cases=1` runs
 * one again. Stops after K failures (1), or after S seconds. Exit code 0 if all agree.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineName } from "../../compiler/cli/asker.ts";
import type { Json, JsonObject } from "./json-fields.ts";
import type { Judge } from "./judge.ts";
import type { RowQuestion } from "./question.ts";
import { makeCase, type RandomCase } from "./random/case.ts";
import { listenerType } from "./random/listeners.ts";
import { type OurSide, openOurs } from "./random/ours.ts";
import { type Failure, shrinkFailure } from "./random/shrink.ts";
import { compareStrictly, type Way } from "./random/strict.ts";
import { root, withJudge } from "./with-judge.ts";

interface Options {
  readonly seed: number;
  readonly cases: number;
  readonly engine: EngineName;
  readonly seconds: number;
  readonly failures: number;
  /** Seconds for making one failure small. */
  readonly shrink: number;
}

function readOptions(args: readonly string[]): Options {
  const given = new Map(args.map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
  const number = (name: string, otherwise: number) => Number(given.get(name) ?? otherwise);
  const engine = given.get("engine") ?? (existsSync(join(root, "compiler/simulate/index.ts")) ? "both" : "hir");
  return {
    seed: number("seed", 1),
    cases: number("cases", 100),
    engine: engine as EngineName,
    seconds: number("seconds", Number.POSITIVE_INFINITY),
    failures: number("failures", 1),
    shrink: number("shrink", 20),
  };
}

/** Begins the message where our engines disagree or fail. */
const ownFault = "our own";

/** Counts of what was asked. */
export interface RandomRun {
  cases: number;
  refused: number;
  questions: number;
  punted: number;
  readonly failures: { readonly seed: number; readonly failure: Failure }[];
}

/** Asks until a limit is reached. */
async function runRandom(judge: Judge, options: Options, report: (text: string) => void): Promise<RandomRun> {
  const run: RandomRun = { cases: 0, refused: 0, questions: 0, punted: 0, failures: [] };
  const end = performance.now() + 1000 * options.seconds;
  for (let i = 0; i < options.cases && performance.now() < end && run.failures.length < options.failures; i++) {
    const seed = options.seed + i;
    const failure = await runCase(judge, makeCase(seed), options.engine, run);
    run.cases += 1;
    if (failure === undefined) continue;
    // The generated code costs a compilation for each smaller case, and says nothing new where Envoy itself answers otherwise.
    const engine = failure.message.startsWith(ownFault) ? options.engine : "hir";
    const attempt = async (resources: readonly JsonObject[], question: RowQuestion | undefined) =>
      (await tryCase(judge, { ...makeCase(seed), resources, questions: question === undefined ? [] : [question] }, engine))?.message;
    const small = await shrinkFailure(failure, attempt, options.shrink);
    run.failures.push({ seed, failure: small });
    report(describeFailure(seed, small));
  }
  return run;
}

function describeFailure(seed: number, { message, question, resources }: Failure): string {
  return `FAIL seed ${seed}: ${message}\n  question ${JSON.stringify(question)}\n  snapshot ${JSON.stringify({ resources })}\n`;
}

async function runCase(judge: Judge, random: RandomCase, engine: EngineName, run: RandomRun): Promise<Failure | undefined> {
  for (let { questions } = random; ; ) {
    const failure = await tryCase(judge, { ...random, questions }, engine, run);
    if (failure === undefined) return undefined;
    // Once more, alone: a machine that is busy may have kept an answer back. If so, the others have still to be asked.
    const { question } = failure;
    const again = await tryCase(judge, { ...random, questions: question === undefined ? [] : [question] }, engine);
    if (again !== undefined || question === undefined) return again;
    questions = questions.slice(questions.indexOf(question) + 1);
  }
}

async function tryCase(judge: Judge, random: RandomCase, engine: EngineName, run?: RandomRun): Promise<Failure | undefined> {
  const { resources, questions, draws, tolerance } = random;
  const snapshot: Json = { resources: [...resources] };
  const ours = await openOurs(snapshot, engine);
  const answers: (readonly Way[])[] = [];
  for (const question of ours.errors.length > 0 ? [] : questions) {
    const ways = tryAsk(ours, question);
    if (typeof ways === "string") return { resources, question, message: ways };
    answers.push(ways);
  }
  // A listener that goes takes the entry of its address with it, also where a new one of that address has come already.
  await judge.load({ resources: [] });
  const refusals = await judge.load({ resources: renameListeners(resources) }).catch((error: unknown) => {
    if (judge.alive()) throw error;
    return undefined;
  });
  // It crashed: there is nothing to compare.
  if (refusals === undefined) return undefined;
  if (refusals.length > 0 || ours.errors.length > 0) {
    if (run) run.refused += 1;
    if (refusals.length > 0 && ours.errors.length > 0) return undefined;
    const message =
      refusals.length > 0 ? `only Envoy refuses: ${refusals.join(" | ").slice(0, 600)}` : `only we refuse: ${ours.errors.join(" | ")}`;
    return { resources, message };
  }
  const asked = questions.map((question, i) => ({
    question,
    draws: isCertain(answers[i]!) ? 1 : draws,
    patience: isWaiting(answers[i]!) ? 300 : 4000,
  }));
  const seen = await judge.askAll(asked, draws > 100 ? 1 : 24);
  for (const [i, question] of questions.entries()) {
    const outcomes = seen[i]!;
    if (run) run.questions += 1;
    if (run && answers[i]!.some(({ answer }) => answer.verdict === "punt")) run.punted += 1;
    const message = outcomes instanceof Error ? outcomes.message : compareStrictly(answers[i]!, outcomes, tolerance);
    if (message !== undefined) return { resources, question, message };
  }
  return undefined;
}

let renamed = 0;

/** Envoy changes a listener in place when its name stays: two of them that swap addresses would be in each other's way. */
function renameListeners(resources: readonly JsonObject[]): JsonObject[] {
  renamed += 1;
  return resources.map((resource) => {
    const copy = structuredClone(resource);
    return copy["@type"] === listenerType ? { ...copy, name: `${copy["name"]}-${renamed}` } : copy;
  });
}

function tryAsk(ours: OurSide, question: RowQuestion): readonly Way[] | string {
  try {
    return ours.ask(question);
  } catch (error) {
    return `${ownFault}: ${(error as Error).stack}`;
  }
}

function isCertain(ways: readonly Way[]): boolean {
  return ways.length === 1 && (ways[0]!.answer.clusters ?? []).length <= 1 && (ways[0]!.answer.endpoints ?? []).length <= 1;
}

function isWaiting(ways: readonly Way[]): boolean {
  return ways.some(({ answer }) => answer.verdict === "error" || answer.verdict === "punt");
}

async function main(judge: Judge, options: Options): Promise<number> {
  const run = await runRandom(judge, options, (text) => process.stdout.write(text));
  const { cases, refused, questions, punted, failures } = run;
  process.stdout.write(
    `${cases} cases (${refused} refused), ${questions} questions (${punted} punted), engine ${options.engine}: ${failures.length} failed\n`,
  );
  return failures.length === 0 ? 0 : 1;
}

async function run(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  return await withJudge((judge) => main(judge, options));
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
