import { InternalError } from "../diag/index.ts";
import { latin1, wireText } from "../hir/bytes.ts";
import { createInterpreter, findCluster, type HirModel, type Question } from "../hir/index.ts";
import { formatSocketAddress } from "../hir/ip.ts";
import { firstDifference } from "./compare.ts";
import { connectDifference, isPassed } from "./connect.ts";
import type { Engine, EngineParts } from "./engine.ts";
import { pickDifference } from "./picks.ts";
import { chainSeeds, listenerSeeds } from "./questions/connections.ts";
import { requestSeeds } from "./questions/requests.ts";
import type { Seeds } from "./questions/seeds.ts";

export interface ValidateOptions {
  /** Questions to ask at most; of larger models an even part of the classes is asked (see `turn`). Default 20,000. */
  readonly questions?: number;
  /** A part of the model that is asked about before the whole: what changed since the last validation. */
  readonly first?: HirModel;
  /** Which part is asked of a larger model: with each turn another one, until all have been. Default 0. */
  readonly turn?: number;
  /** The connect tier was told to answer for the Host: it is compared for connections without a request only. */
  readonly vipSelectsVhost?: boolean;
}

/** What was asked. */
export interface Validation {
  readonly questions: number;
  /** Classes of questions (a domain, a route, a chain...) and how many of them were asked. */
  readonly classes: number;
  readonly asked: number;
}

/**
 * Translation validation: both engines answer questions derived from the rules (each address, chain criterion, domain, path and condition,
 * with its neighbours), and must agree. Throws InternalError with the question that shows a difference.
 */
export function validate(
  model: HirModel,
  engine: Engine,
  parts: Pick<EngineParts, "header" | "images" | "names">,
  { questions = 20_000, ...options }: ValidateOptions = {},
): Validation {
  return prepareValidation(model, engine, parts, options)(questions);
}

/** The same in two steps, the second of which takes time for each question: for who has a budget of time. */
export function prepareValidation(
  model: HirModel,
  engine: Engine,
  parts: Pick<EngineParts, "header" | "images" | "names">,
  options: Omit<ValidateOptions, "questions"> = {},
): (questions: number) => Validation {
  const interpreter = createInterpreter(model);
  const passed = isPassed(model);
  const { turn = 0 } = options;
  const ids = findCluster(model.clusters);
  const models = (options.first ? [options.first, model] : [model]).map((part) => ({ part, groups: groupsOf(part) }));
  let questions = 0;
  let asked = 0;
  let classes = 0;
  return (most) => {
    for (const [i, { part, groups }] of models.entries()) {
      // What changed may take half of the questions, and leaves the rest over.
      const share = Math.max(0, i === models.length - 1 ? most - questions : most / 2);
      for (const place of spread(part.clusters.length, turn, share / 4)) {
        const cluster = part.clusters[place]!;
        const difference = pickDifference(cluster, ids.get(wireText(cluster.name))!, engine, parts);
        if (difference !== undefined) throw new InternalError(`the tables do not mean what the rules say: ${difference}`);
      }
      ask(groups, share);
    }
    return { questions, classes, asked };
  };

  function ask(groups: readonly Seeds[], most: number): void {
    let left = most;
    for (const [i, seeds] of groups.entries()) {
      // What smaller groups leave over goes to those behind them.
      const share = left / (groups.length - i);
      let used = 0;
      for (const place of spread(seeds.length, turn)) {
        if (used >= share) break;
        asked++;
        for (const question of seeds.at(place)()) {
          check(question);
          used++;
        }
      }
      left -= used;
      questions += used;
      classes += seeds.length;
    }
  }

  function check(question: Question): void {
    const interpreted = interpreter.decide(question);
    const simulated = engine.decide(question);
    const skipped = options.vipSelectsVhost === true && question.first.kind !== "nothing";
    const difference =
      firstDifference(interpreted, simulated.decision) ?? (skipped ? undefined : connectDifference(passed, question, simulated, parts));
    if (difference !== undefined) {
      throw new InternalError(`the tables do not mean what the rules say, for ${describeQuestion(question)}: ${difference}`);
    }
  }
}

function groupsOf(model: HirModel): readonly Seeds[] {
  const { heads, domains, routes } = requestSeeds(model);
  return [heads, listenerSeeds(model), chainSeeds(model), domains, routes];
}

/**
 * `most` of a list's places, spread evenly: halves, quarters, eighths... Another turn begins elsewhere in that order, as far as can be from where
 * those before it began (a step of the golden ratio), so that with time each place has its turn.
 */
function* spread(length: number, turn: number, most: number = length): Iterable<number> {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, length)));
  const bits = Math.log2(size);
  const start = Math.floor((((turn * (Math.sqrt(5) - 1)) / 2) % 1) * size);
  let given = 0;
  for (let i = 0; i < size && given < Math.floor(most); i++) {
    const number = (start + i) % size;
    let at = 0;
    for (let bit = 0; bit < bits; bit++) if (number & (1 << bit)) at |= 1 << (bits - 1 - bit);
    if (at >= length) continue;
    given++;
    yield at;
  }
}

/** A question as `trace --batch` takes it. */
export function describeQuestion({ to, from, first }: Question): string {
  const sent =
    first.kind === "bytes" ? { head: latin1(first.bytes) } : first.kind === "tls" ? { tls: { sni: first.sni, alpn: first.alpn } } : {};
  return JSON.stringify({
    to: formatSocketAddress(to.ip, to.port),
    ...(from ? { from: formatSocketAddress(from.ip, from.port) } : {}),
    ...sent,
  });
}
