/** From arguments to exit code. Loads only what the command needs, so that --help answers at once. */
import { exit, RejectedError, UsageError } from "./exit.ts";
import { commandHelp, overview } from "./help.ts";

type Command = (args: string[]) => Promise<number>;

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  compile: async () => (await import("./commands/compile.ts")).compile,
  check: async () => (await import("./commands/check.ts")).check,
  explain: async () => (await import("./commands/explain.ts")).explain,
  trace: async () => (await import("./commands/trace.ts")).trace,
  dump: async () => (await import("./commands/dump.ts")).dump,
  diff: async () => (await import("./commands/diff.ts")).diff,
};

async function dispatch(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === "-h" || name === "--help" || name === "help") {
    const topic = name === "help" ? args[0] : undefined;
    if (topic !== undefined && !Object.hasOwn(commandHelp, topic)) throw unknownCommand(topic);
    process.stdout.write(topic === undefined ? overview : commandHelp[topic]!);
    return name === undefined ? exit.usage : exit.fine;
  }
  if (name === "--version") {
    const { version } = await import("./version.ts");
    process.stdout.write(`kmesh-compile ${version()}\n`);
    return exit.fine;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw unknownCommand(name);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(commandHelp[name] ?? overview);
    return exit.fine;
  }
  return (await load())(args);
}

function unknownCommand(name: string): UsageError {
  const known = Object.keys(commands).join(", ");
  if (name.startsWith("-")) return new UsageError(`${name} stands before the command; the command comes first: one of ${known}`);
  return new UsageError(`unknown command ${JSON.stringify(name)}; the commands are ${known}`);
}

/** Node's own words for a wrong option are good; they come as TypeError with an ERR_PARSE_ARGS code. */
function isUsage(error: unknown): error is Error {
  return (
    error instanceof UsageError || (error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS"))
  );
}

/** Runs a command; what is wrong with its usage, and a bug of ours, are told on stderr. Never throws. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (error) {
    if (error instanceof RejectedError) {
      process.stderr.write(`kmesh-compile: ${error.message}\n`);
      return exit.rejected;
    }
    if (!isUsage(error)) {
      const what = error instanceof Error ? error.stack : String(error);
      process.stderr.write(`kmesh-compile: internal error, please report it with the input: ${what}\n`);
      return exit.internal;
    }
    const command = argv[0] ?? "";
    const about = Object.hasOwn(commands, command) ? `${command} ` : "";
    process.stderr.write(`kmesh-compile: ${error.message}\nTry: kmesh-compile ${about}--help\n`);
    return exit.usage;
  }
}
