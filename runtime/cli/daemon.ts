#!/usr/bin/env -S UV_THREADPOOL_SIZE=16 MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=65536 MALLOC_TRIM_THRESHOLD_=131072 node --heap-growing-percent=100 --max-semi-space-size=16
// 16 threads: a first apply waits for a grace period per table, and they wait side by side. What they, the compiler's thread and gRPC give
// back goes to the system, not to an arena of each: a fifth of the memory after a large mesh (make bench-start). A heap that rested may grow
// twofold before it is collected: by a third, as is usual then, it was collected whole after each 60 changes (make bench-churn). Its young part
// is no larger than in Node.js 20.
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
