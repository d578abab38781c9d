import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { codeRoot } from "../../compiler/package-root.ts";
import type { DumpReply, DumpRequest } from "./dump-messages.ts";

/** A dump in a thread of its own: that of a large mesh takes a second, in which endpoints must not wait. Rejects with the thread's error. */
export async function dumpInThread(request: DumpRequest): Promise<string> {
  const worker = spawn(request);
  try {
    const [reply] = (await once(worker, "message")) as [DumpReply];
    if (reply.kind === "failed") throw new Error(reply.message);
    return reply.text;
  } finally {
    await worker.terminate();
  }
}

function spawn(workerData: DumpRequest): Worker {
  // It closes what libbpf opened: Node.js would warn of each, on stderr and in no JSON.
  const options = { workerData, trackUnmanagedFds: false };
  if (!import.meta.url.endsWith(".ts")) return new Worker(join(codeRoot, "runtime/status/dump-worker.js"), options);
  // From source: the loader of this thread is not the worker's.
  const file = JSON.stringify(new URL("./dump-worker.ts", import.meta.url).href);
  return new Worker(`import("tsx/esm/api").then(({ register }) => (register(), import(${file})))`, { ...options, eval: true });
}
