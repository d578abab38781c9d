#!/usr/bin/env -S UV_THREADPOOL_SIZE=16 node
// 16 threads: a first apply waits for a grace period per table, and they wait side by side.
import { daemonHelp } from "./help.ts";
import { runProgram } from "./main.ts";

await runProgram(
  {
    name: "kmesh-daemon",
    help: daemonHelp,
    commands: {
      run: async () => (await import("./run.ts")).run,
      apply: async () => (await import("./apply.ts")).apply,
      detach: async () => (await import("./apply.ts")).detachCommand,
    },
  },
  process.argv.slice(2),
);
