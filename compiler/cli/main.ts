#!/usr/bin/env node
/** kmesh-compile. */
import { exit } from "./exit.ts";
import { runCommand } from "./run.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader went away (| head): nothing is left to say.
  if (error.code === "EPIPE") process.exit(exit.fine);
  throw error;
});

process.exitCode = await runCommand(process.argv.slice(2));
