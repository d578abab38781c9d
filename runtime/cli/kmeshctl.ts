#!/usr/bin/env node
import { ctlHelp } from "./help.ts";
import { runProgram } from "./main.ts";

await runProgram(
  {
    name: "kmeshctl",
    help: ctlHelp,
    commands: {
      status: async () => (await import("./show.ts")).status,
      dump: async () => (await import("./show.ts")).dump,
    },
  },
  process.argv.slice(2),
);
