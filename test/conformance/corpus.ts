/**
 * Conformance over a folder of snapshots, as other control planes make them: each is given to a real Envoy and to our compiler. Both must
 * take it, or neither; questions derived from its rules must be answered alike by the interpreter, the generated C and Envoy.
 *
 *   node --import tsx test/conformance/corpus.ts DIR [--questions=N] [--engine=hir|both] [--only=TEXT] [--report=FILE]
 *
 * `make conformance-corpus DIR=...` is the same. Every `.json` file at any depth is one snapshot: a DiscoveryResponse with all its
 * resources, or a config_dump. Prints a line for what differs, then a table: sets, refusals by code, what is left to a proxy by code.
 * `--report` writes a line of JSON for each snapshot. Exit code 0 if nothing differs.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { EngineName } from "../../compiler/cli/asker.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import { derivedQuestions } from "../../compiler/simulate/questions/derive.ts";
import { describeQuestion } from "../../compiler/simulate/validate.ts";
import type { Json } from "./json-fields.ts";
import type { Judge } from "./judge.ts";
import type { Outcome } from "./outcome.ts";
import { formatAddress, makeProbe, type RowQuestion } from "./question.ts";
import { openOurs } from "./random/ours.ts";
import { compareStrictly, type Way } from "./random/strict.ts";
import { withJudge } from "./with-judge.ts";

interface Options {
  readonly folder: string;
  /** Of one snapshot, at most. */
  readonly questions: number;
  readonly engine: EngineName;
  readonly only: string;
  readonly report: string | undefined;
}

function readOptions(args: readonly string[]): Options {
  const given = new Map(args.filter((arg) => arg.startsWith("--")).map((arg) => arg.slice(2).split("=") as [string, string]));
  const folder = args.find((arg) => !arg.startsWith("--"));
  if (folder === undefined || !existsSync(folder)) throw new Error("needs a folder of snapshots");
  return {
    folder,
    questions: Number(given.get("questions") ?? 120),
    engine: (given.get("engine") ?? "hir") as EngineName,
    only: given.get("only") ?? "",
    report: given.get("report"),
  };
}

/** What came out of one snapshot. */
interface Verdict {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Envoy's refusals, a message each; undefined if it could not be asked. */
  readonly refusals?: readonly string[];
  readonly asked: number;
  readonly punted: number;
  /** Answers that differ, and failures of either side. */
  readonly differences: readonly string[];
}

function listSnapshots(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function judgeSnapshot(judge: Judge, path: string, name: string, options: Options): Promise<Verdict> {
  const snapshot = JSON.parse(readFileSync(path, "utf8")) as Json;
  const ours = await openOurs(snapshot, options.engine);
  const { diagnostics } = ours;
  const differences: string[] = [];
  const asked: { readonly question: RowQuestion; readonly ways: readonly Way[] }[] = [];
  for (const question of derivedQuestions(ours.model, options.questions)) {
    // A PROXY header has one family for both ends.
    if (question.from && question.from.ip.includes(":") !== question.to.ip.includes(":")) continue;
    const row = withSource(JSON.parse(describeQuestion(question)) as RowQuestion);
    try {
      asked.push({ question: row, ways: ours.ask(row) });
    } catch (error) {
      differences.push(`${JSON.stringify(row)}: our own: ${(error as Error).message}`);
    }
  }
  const isPunted = ({ ways }: (typeof asked)[number]) => ways.some(({ answer }) => answer.verdict === "punt");
  const punted = asked.filter(isPunted).length;
  const verdict = { name, diagnostics, asked: asked.length, punted, differences };
  const refusals = await judge
    .load({ resources: [] })
    .then(() => judge.load(snapshot))
    .catch((error: unknown) => void differences.push(`Envoy: ${(error as Error).message}`));
  if (refusals === undefined) return verdict;
  if (refusals.length > 0 || ours.errors.length > 0) return { ...verdict, refusals };
  const certain = asked.filter((one) => !isPunted(one));
  const isOne = (ways: readonly Way[]) => ways.length === 1 && (ways[0]!.answer.endpoints ?? []).length <= 1;
  const seen = await judge.askAll(
    certain.map(({ question, ways }) => ({ question, draws: isOne(ways) ? 1 : 3, patience: 1500 })),
    24,
  );
  for (const [i, { question, ways }] of certain.entries()) {
    const outcomes = seen[i]!;
    // Envoy may wait for bytes that its listener filters want to see; ours never waits.
    if (!(outcomes instanceof Error) && isSilent(question) && outcomes.every(({ verdict }) => verdict === "error")) continue;
    const differing = compare(ways, outcomes);
    // Once more, alone: others may have been in its way (circuit breakers, a busy machine).
    const message = differing && compare(ways, (await judge.askAll([{ question, draws: 1, patience: 4000 }], 1))[0]!);
    if (message !== undefined) differences.push(`${JSON.stringify(question)}: ${message}`);
  }
  return { ...verdict, refusals };
}

function compare(ways: readonly Way[], outcomes: readonly Outcome[] | Error): string | undefined {
  return outcomes instanceof Error ? outcomes.message : compareStrictly(ways, outcomes, 1);
}

/** From the address that the judge would connect from: it is in a header that some proxies add. */
function withSource(question: RowQuestion): RowQuestion {
  return { ...question, from: question.from ?? formatAddress(makeProbe(question).from) };
}

function isSilent(question: RowQuestion): boolean {
  return makeProbe(question).kind === "nothing";
}

function describeVerdict({ name, diagnostics, refusals, differences }: Verdict): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const lines = differences.map((difference) => `${name}: ${difference}`);
  if (refusals && refusals.length > 0 && errors.length === 0) lines.push(`${name}: only Envoy refuses: ${refusals.join(" | ")}`);
  if (refusals?.length === 0)
    lines.push(...errors.map(({ code, path, message }) => `${name}: only we refuse: ${code} ${path}: ${message}`));
  return lines.map((line) => `${line}\n`).join("");
}

/** How many snapshots have each code, the most first. */
function countCodes(verdicts: readonly Verdict[], severity: Diagnostic["severity"]): string {
  const counts = new Map<string, number>();
  for (const { diagnostics } of verdicts) {
    for (const code of new Set(diagnostics.filter((d) => d.severity === severity).map((d) => d.code)))
      counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${count}`)
    .join(", ");
}

function summarize(verdicts: readonly Verdict[]): string {
  const refusedByUs = ({ diagnostics }: Verdict) => diagnostics.some(({ severity }) => severity === "error");
  const refusedByEnvoy = ({ refusals }: Verdict) => (refusals ?? []).length > 0;
  const count = (test: (verdict: Verdict) => boolean) => verdicts.filter(test).length;
  const sum = (value: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + value(verdict), 0);
  return [
    `${verdicts.length} snapshots: ${count((v) => !refusedByUs(v) && !refusedByEnvoy(v))} taken by both, ${count((v) => refusedByUs(v) && refusedByEnvoy(v))} refused by both`,
    `refused by us alone: ${count((v) => refusedByUs(v) && !refusedByEnvoy(v))}, by Envoy alone: ${count((v) => !refusedByUs(v) && refusedByEnvoy(v))}`,
    `questions: ${sum((v) => v.asked)}, left to a proxy: ${sum((v) => v.punted)}, answers that differ: ${sum((v) => v.differences.length)}`,
    `errors by snapshots: ${countCodes(verdicts, "error")}`,
    `punts by snapshots: ${countCodes(verdicts, "punt")}`,
    "",
  ].join("\n");
}

async function main(judge: Judge, options: Options): Promise<number> {
  const verdicts: Verdict[] = [];
  for (const path of listSnapshots(options.folder).filter((path) => path.includes(options.only))) {
    const verdict = await judgeSnapshot(judge, path, relative(options.folder, path), options);
    verdicts.push(verdict);
    process.stdout.write(describeVerdict(verdict));
  }
  if (options.report) writeFileSync(options.report, verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join(""));
  process.stdout.write(summarize(verdicts));
  return verdicts.every((verdict) => describeVerdict(verdict) === "") ? 0 : 1;
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
