/** The worker thread that compiles: a local builder behind messages. */
import { parentPort, workerData } from "node:worker_threads";
import { createCollector } from "./collector.ts";
import { unpackEarly } from "./early.ts";
import { createSender } from "./hand-over.ts";
import { createLocalBuilder } from "./local-builder.ts";
import { createPrepared } from "./prepared.ts";
import { openLastGood } from "./state-folder.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./worker-messages.ts";

const port = parentPort!;
const { state } = workerData as WorkerSetup;
const post = (message: FromWorker): void => port.postMessage(message);
const send = createSender();
const prepared = createPrepared();
const collectBehind = createCollector();
const builder = createLocalBuilder({
  decode: prepared.decode,
  ...(state === undefined ? {} : { lastGood: openLastGood(state) }),
  onPersistError: (error) => post({ kind: "persist-error", message: error instanceof Error ? error.message : String(error) }),
});

/** Changes of the last build. */
let changes = 0;
const failed = (error: unknown): void =>
  post({ kind: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });

port.on("message", (message: ToWorker) => {
  switch (message.kind) {
    case "prepare":
      prepared.prepare(unpackEarly(message.parcel));
      return;
    case "build":
      changes = message.request.changes.length;
      builder.build(prepared.complete(message.request)).then((result) => {
        post({ kind: "result", parcel: send(result) });
      }, failed);
      return;
    case "prove":
      builder.prove().then((took) => post({ kind: "proven", took }), failed);
      return;
    case "settle":
      builder.settle(message.keep);
      // What was kept has let go of messages.
      collectBehind(changes);
      return;
    case "close":
      void builder.close().then(() => {
        post({ kind: "closed" });
        port.close();
      });
  }
});
