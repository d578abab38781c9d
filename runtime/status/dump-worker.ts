/** The thread of one dump: it reads the kernel by itself and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { openKernel } from "../kernel/index.ts";
import { dumpPublished, dumpPublishedConfig, tablesText } from "./dump.ts";
import type { DumpReply, DumpRequest } from "./dump-messages.ts";

function textOf(request: DumpRequest): string {
  switch (request.kind) {
    case "published-tables":
      return dumpPublished(openKernel(), request.folder);
    case "published-config":
      return dumpPublishedConfig(openKernel(), request.folder);
    case "tables":
      return tablesText(request.of);
  }
}

function reply(request: DumpRequest): DumpReply {
  try {
    return { kind: "text", text: textOf(request) };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort!.postMessage(reply(workerData as DumpRequest));
