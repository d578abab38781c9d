#!/usr/bin/env node
/** kmesh-compile. */
import { optimizeLate } from "../engine.ts";
import { exit } from "./exit.ts";
import { runCommand } from "./run.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader went away (| head): nothing is left to say.
  if (error.code === "EPIPE") process.exit(exit.fine);
  process.stderr.write(`kmesh-compile: cannot write standard output: ${error.message}\n`);
  process.exit(exit.usage);
});
// What can't be told there is lost; the work, and its exit code, are not.
process.stderr.on("error", () => undefined);

optimizeLate();
process.exitCode = await runCommand(process.argv.slice(2));
