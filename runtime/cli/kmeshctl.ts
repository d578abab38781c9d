#!/usr/bin/env node
import { ctlHelp, ctlVerbs } from "./help.ts";
import { runProgram } from "./main.ts";

await runProgram(
  {
    name: "kmeshctl",
    help: ctlHelp,
    helpOf: ctlVerbs,
    commands: {
      status: async () => (await import("./ctl/status.ts")).status,
      dump: async () => (await import("./ctl/dump.ts")).dump,
      log: async () => (await import("./ctl/log.ts")).log,
      version: async () => (await import("./ctl/version.ts")).version,
    },
  },
  process.argv.slice(2),
);
