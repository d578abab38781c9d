#!/usr/bin/env node
/** kmesh-compile: finds the command and loads only what it needs, so that --help answers at once. */
import { exit, UsageError } from "./exit.ts";
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

async function main(argv: readonly string[]): Promise<number> {
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
  return new UsageError(`unknown command ${JSON.stringify(name)}; the commands are ${Object.keys(commands).join(", ")}`);
}

/** Node's own words for a wrong option are good; they come as TypeError with an ERR_PARSE_ARGS code. */
function isUsage(error: unknown): error is Error {
  return (
    error instanceof UsageError || (error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS"))
  );
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader went away (| head): nothing is left to say.
  if (error.code === "EPIPE") process.exit(exit.fine);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (isUsage(error)) {
    const command = process.argv[2] ?? "";
    const about = Object.hasOwn(commands, command) ? `${command} ` : "";
    process.stderr.write(`kmesh-compile: ${error.message}\nTry: kmesh-compile ${about}--help\n`);
    process.exitCode = exit.usage;
  } else {
    process.stderr.write(
      `kmesh-compile: internal error, please report it with the input: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exitCode = exit.internal;
  }
}
