import { type Answer, parseQuestion, renderAnswer } from "../../hir/index.ts";
import { type Asker, createAsker, Disagreement } from "../asker.ts";
import { exit, RejectedError, UsageError } from "../exit.ts";
import { printJson, printText, table } from "../output.ts";
import { openMesh, tellRejected } from "../session.ts";
import { forEachLine } from "./batch.ts";
import { countDraws } from "./draws.ts";
import { parseTraceArgs, type TraceArgs } from "./trace-args.ts";

/** `trace`: one question in words, or many as JSON lines. */
export async function trace(args: string[]): Promise<number> {
  const options = parseTraceArgs(args);
  return options.batch ? traceBatch(options) : traceOne(options);
}

async function traceOne(options: TraceArgs): Promise<number> {
  const parsed = parseQuestion(options.question);
  if (parsed.kind === "error") throw new UsageError(parsed.message);
  const session = openMesh(options.input!);
  tellRejected(session, options.input!);
  const asker = await createAsker(session, options.engine, { vipSelectsVhost: options.vipSelectsHost });
  let answer: Answer;
  try {
    answer = asker.ask(parsed.question);
  } catch (error) {
    if (!(error instanceof Disagreement)) throw error;
    process.stderr.write(`the generated C and the reference interpreter disagree, please report it: ${error.message}\n`);
    return exit.internal;
  }
  const draws = options.draws > 0 ? countDraws(answer, options.draws) : undefined;
  if (options.json) printJson(draws ? { ...answer, draws } : answer);
  else {
    printText(renderAnswer(answer));
    if (answer.why === "waiting") process.stderr.write("kmesh-compile: say what the client sends with --request, --head, --sni or --raw\n");
    if (draws) printText(`${options.draws} draws:\n${table(draws.map((d) => [`  ${d.outcome}`, String(d.count)]))}`);
  }
  return exit.fine;
}

/** Snapshots that stay loaded; the one asked for the longest ago goes first. */
const maxLoaded = 64;

async function traceBatch(options: TraceArgs): Promise<number> {
  /** In the order of their last questions. */
  const loaded = new Map<string, Asker | Error>();
  let latest: string | undefined;
  let failed = false;
  /** A bug of ours is told where it shows, and by the exit code: the other questions have answers. */
  const internal = (error: unknown): Error => {
    failed = true;
    const message = error instanceof Error ? error.message : String(error);
    return new Error(`${error instanceof Disagreement ? "engines disagree" : "internal error"}: ${message}`, { cause: error });
  };
  const load = async (path: string): Promise<Asker | Error> => {
    let asker: Asker | Error;
    try {
      asker = await createAsker(openMesh(path), options.engine, { vipSelectsVhost: options.vipSelectsHost });
    } catch (error) {
      asker = error instanceof UsageError || error instanceof RejectedError ? error : internal(error);
    }
    if (loaded.size >= maxLoaded) loaded.delete(loaded.keys().next().value!);
    loaded.set(path, asker);
    latest = path;
    return asker;
  };
  const reply = (asker: Asker | Error, value: unknown): string => {
    const parsed = parseQuestion(value);
    const id = parsed.id === undefined ? {} : { id: parsed.id };
    if (parsed.kind === "error") return errorLine(id, parsed.message);
    if (asker instanceof Error) return errorLine(id, asker.message);
    try {
      return JSON.stringify({ ...id, ...asker.ask(parsed.question) });
    } catch (error) {
      return errorLine(id, internal(error).message);
    }
  };
  const answerLine = (line: string): string | Promise<string> => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      return errorLine({}, `no JSON: ${(error as Error).message}`);
    }
    const named = value !== null && typeof value === "object" && "snapshot" in value ? (value.snapshot ?? undefined) : undefined;
    if (named !== undefined && typeof named !== "string") return errorLine(idOf(value), "snapshot: not a path in a string");
    const path = named ?? options.input;
    if (path === undefined) return errorLine(idOf(value), "snapshot: none named, here or on the command line");
    if (path === "-") return errorLine(idOf(value), "snapshot: standard input has the questions; name a file or folder");
    const asker = loaded.get(path);
    if (!asker) return load(path).then((fresh) => reply(fresh, value));
    if (path !== latest) {
      latest = path;
      loaded.delete(path);
      loaded.set(path, asker);
    }
    return reply(asker, value);
  };
  const tooLong = (limit: number): string => errorLine({}, `a question of more than ${limit} characters`);
  await forEachLine(process.stdin, process.stdout, answerLine, tooLong);
  return failed ? exit.internal : exit.fine;
}

function errorLine(id: { id?: unknown }, why: string): string {
  return JSON.stringify({ ...id, verdict: "error", why });
}

function idOf(value: unknown): { id?: unknown } {
  return value !== null && typeof value === "object" && "id" in value ? { id: value.id } : {};
}
