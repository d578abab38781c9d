/** What both binaries share: finding the command, exit codes, errors as diagnostics. Loads nothing of the runtime itself. */
import { type Diagnostic, renderDiagnostic } from "../../compiler/diag/index.ts";

/** Exit codes of every binary. */
export const exit = { fine: 0, rejected: 1, usage: 2, internal: 3 } as const;

/** Wrong usage: one line and a pointer to --help. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The value of an option; a diagnostic in its place is wrong usage. */
export function accepted<T extends object | undefined>(parsed: T | Diagnostic): T {
  if (parsed && "code" in parsed) throw new UsageError(renderDiagnostic(parsed, { colour: false }));
  return parsed as T;
}

/** The folder that is used when --pin is left out. */
export const defaultPins = "/sys/fs/bpf/kmesh";

/** Where the daemon answers, and kmeshctl asks, when --admin is left out. */
export const defaultAdmin = "127.0.0.1:15200";

type Command = (args: string[]) => Promise<number>;

export interface Program {
  readonly name: string;
  readonly help: string;
  /** Of one command, where it has its own. */
  readonly helpOf?: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, () => Promise<Command>>>;
}

export async function runProgram(program: Program, argv: readonly string[]): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The reader went away (| head): nothing is left to say.
    if (error.code === "EPIPE") process.exit(exit.fine);
    process.stderr.write(`${program.name}: cannot write standard output: ${error.message}\n`);
    process.exit(exit.usage);
  });
  // What can't be told there is lost; the work, and its exit code, are not.
  process.stderr.on("error", () => undefined);
  try {
    process.exitCode = await dispatch(program, argv);
  } catch (error) {
    process.exitCode = await complain(program, error);
  }
}

async function dispatch({ name, help, helpOf = {}, commands }: Program, argv: readonly string[]): Promise<number> {
  const [command, ...args] = argv;
  const asksHelp = (word: string): boolean => word === "-h" || word === "--help";
  if (command === undefined || command === "help" || asksHelp(command)) {
    const topic = command === "help" ? args[0] : undefined;
    if (topic !== undefined && !Object.hasOwn(commands, topic)) throw unknownCommand(topic, commands);
    process.stdout.write((topic !== undefined && helpOf[topic]) || help);
    return command === undefined ? exit.usage : exit.fine;
  }
  if (command === "--version") {
    const { version } = await import("./version.ts");
    process.stdout.write(`${name} ${version()}\n`);
    return exit.fine;
  }
  const load = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!load) throw unknownCommand(command, commands);
  if (args.some(asksHelp)) {
    process.stdout.write(helpOf[command] ?? help);
    return exit.fine;
  }
  return (await load())(args);
}

function unknownCommand(word: string, commands: Program["commands"]): UsageError {
  const known = Object.keys(commands).join(", ");
  if (word.startsWith("-")) return new UsageError(`${word} stands before the command; the command comes first: one of ${known}`);
  return new UsageError(`unknown command ${JSON.stringify(word)}; the commands are ${known}`);
}

/** What parseArgs found: an option without a value is wrong usage, as an unset variable of a script leaves it. */
export function refuseEmpty(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) if (value === "") throw new UsageError(`--${name} is given without a value`);
}

async function complain({ name }: Program, error: unknown): Promise<number> {
  // Node's own words for a wrong option are good.
  const badOption = error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS");
  if (error instanceof UsageError || badOption) {
    process.stderr.write(`${name}: ${(error as Error).message}\nTry: ${name} --help\n`);
    return exit.usage;
  }
  const { diagnosticOf } = await import("../apply/error.ts");
  try {
    printDiagnostics([diagnosticOf(error, name)]);
    return exit.rejected;
  } catch {
    process.stderr.write(`${name}: internal error, please report it: ${error instanceof Error ? error.stack : String(error)}\n`);
    return exit.internal;
  }
}

/** On stderr, coloured where a person reads. */
export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  const colour = process.stderr.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  for (const diagnostic of diagnostics) {
    // A verifier log has lines of its own; each is rendered as one, so that no line can pass for another's.
    const [first = "", ...more] = diagnostic.message.split("\n");
    process.stderr.write(`${renderDiagnostic({ ...diagnostic, message: first }, { colour })}\n`);
    for (const line of more) process.stderr.write(`  | ${line.replace(/[^\x20-\x7e]/g, "?")}\n`);
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
