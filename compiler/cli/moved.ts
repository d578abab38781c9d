import { sha256 } from "../bundle/index.ts";
import { codes } from "../diag/codes/index.ts";
import { compareText } from "../diag/index.ts";
import { renamedClusters, withNewNames } from "../hir/explain/renamed.ts";
import { maxBody, percent } from "../hir/explain/words.ts";
import { type Answer, type AnswerCluster, createInterpreter, type HirModel, treat, undecided } from "../hir/index.ts";
import { derivedQuestions, describeQuestion } from "../simulate/index.ts";

/** Requests that are answered otherwise by a second model: one example for each pair of answers. */
export interface Moved {
  readonly before: string;
  readonly after: string;
  /** How many of the derived questions moved this way. */
  readonly count: number;
  /** A line for `trace --batch`. */
  readonly example: string;
}

/** Of each model; a mesh's rules give more, then an even part is asked. */
const questionsPerModel = 10_000;

/** Asks what both models' rules derive and groups what changed; most frequent first. A cluster's new name changes nothing. */
export function movedRequests(older: HirModel, b: HirModel): readonly Moved[] {
  const a = withNewNames(older, b, renamedClusters(older, b));
  const [before, after] = [createInterpreter(a), createInterpreter(b)];
  const found = new Map<string, { before: string; after: string; count: number; example: string }>();
  const seen = new Set<string>();
  for (const model of [a, b]) {
    for (const question of derivedQuestions(model, questionsPerModel)) {
      const [x, y] = [outcome(treat(a, question, before.decide(question))), outcome(treat(b, question, after.decide(question)))];
      if (x === y) continue;
      const example = describeQuestion(question);
      if (seen.has(example)) continue;
      seen.add(example);
      const group = found.get(`${x}\n${y}`);
      if (group) group.count++;
      else found.set(`${x}\n${y}`, { before: x, after: y, count: 1, example });
    }
  }
  return [...found.values()].sort((x, y) => y.count - x.count || (x.example < y.example ? -1 : 1));
}

const titles: Readonly<Record<string, { readonly title: string }>> = codes;

/** What a client sees, in one line. */
function outcome(answer: Answer): string {
  if (answer.verdict === "error" && undecided[answer.why ?? ""]) return undecided[answer.why!]!;
  const left = answer.verdict === "punt" ? `left to a proxy (${answer.why ?? ""}: ${titles[answer.why ?? ""]?.title ?? "?"})` : undefined;
  if (left !== undefined && !answer.clusters?.some((c) => c.verdict !== undefined && c.verdict !== "punt")) return left;
  const head = left ?? `${answer.verdict} ${answer.why ?? ""}`.trim();
  const parts = [head, answer.status === undefined ? "" : String(answer.status), answer.location ?? "", bodyText(answer.body ?? "")];
  // Their order decides nothing; what ends as the answer does goes first.
  const place = (c: AnswerCluster): string => `${c.verdict === undefined ? 0 : 1}${c.name}`;
  const sorted = [...(answer.clusters ?? [])].sort((x, y) => compareText(place(x), place(y)));
  const clusters = sorted.map(
    (c) => `${percent(c.probability)} ${c.name || "to no cluster"}${c.verdict ? ` (${c.verdict} ${c.why ?? ""})` : ""}`,
  );
  return [...parts, clusters.join(" + ")].filter((part) => part !== "").join(" ");
}

/** Its hash tells a long body from others that begin like it. */
function bodyText(body: string): string {
  if (body.length <= maxBody) return body && JSON.stringify(body);
  return `${JSON.stringify(body.slice(0, maxBody))}... (${body.length} characters, ${sha256(body).slice(0, 8)})`;
}
