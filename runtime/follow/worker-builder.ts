import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { XdsRawResource } from "../../compiler/decode/index.ts";
import { InternalError } from "../../compiler/diag/index.ts";
import { codeRoot } from "../../compiler/package-root.ts";
import { type EarlyChange, type EarlyResource, packEarly } from "./early.ts";
import { createReceiver } from "./hand-over.ts";
import { KeptResource } from "./kept-resource.ts";
import { type Builder, type BuildResult, type Input, keyOf } from "./types.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./worker-messages.ts";

export interface WorkerBuilderOptions {
  /** Folder for the last good bundle and compiled programs; undefined: nothing is persisted. */
  readonly state: string | undefined;
  /** Everything that was accepted so far: what a new worker is told after one that broke down. */
  readonly seed: () => readonly Input[];
  readonly onPersistError: (message: string) => void;
}

/** Builds in a thread of its own, so that the event loop answers meanwhile. A thread that ends is replaced at the next build. */
export function createWorkerBuilder({ state, seed, onPersistError }: WorkerBuilderOptions): Builder {
  let worker: Worker | undefined;
  /** Whoever waits for the answer to the last request. */
  let waiting: { resolve(answer: FromWorker): void; reject(error: Error): void } | undefined;
  let onClosed: (() => void) | undefined;
  /** Of the worker that is there. */
  let receive = createReceiver();
  /** Whether the worker has had a build: before its first one it knows nothing. */
  let told = false;
  /** What was sent ahead of the next build. */
  let early = new Map<XdsRawResource, number>();
  let numbers = 0;

  const send = (message: ToWorker): void => worker?.postMessage(message);
  /** An idle worker keeps no process alive. */
  const rest = (): void => {
    waiting = undefined;
    worker?.unref();
  };
  const onMessage = (message: FromWorker): void => {
    switch (message.kind) {
      case "result":
      case "proven":
        waiting?.resolve(message);
        rest();
        return;
      case "failed":
        waiting?.reject(new InternalError(message.message));
        rest();
        return;
      case "persist-error":
        onPersistError(message.message);
        return;
      case "closed":
        onClosed?.();
    }
  };
  const start = (): Worker => {
    const started = spawn({ state });
    receive = createReceiver();
    told = false;
    early = new Map();
    // Until something is asked of it.
    started.unref();
    let problem = "";
    started.on("message", onMessage);
    started.on("error", (error: unknown) => {
      problem = error instanceof Error ? error.message : String(error);
    });
    started.on("exit", (code) => {
      onClosed?.();
      if (worker !== started) return;
      worker = undefined;
      waiting?.reject(new Error(`the compiling thread ended (${code}): ${problem}`));
      waiting = undefined;
    });
    return started;
  };

  const ask = <Kind extends "result" | "proven">(request: ToWorker): Promise<Extract<FromWorker, { kind: Kind }>> =>
    new Promise((resolve, reject) => {
      if (!worker) throw new Error("the compiling thread has ended");
      waiting = { resolve: (answer) => resolve(answer as Extract<FromWorker, { kind: Kind }>), reject };
      worker.ref();
      send(request);
    });

  /** No resource goes as it is: its bytes may not be its own. */
  const sent = <T extends Input>(input: T): T | EarlyChange =>
    input.kind === "answer" || !input.resource ? input : { kind: input.kind, name: input.name, early: early.get(input.resource)! };

  /** Throws LostError; nothing counts as sent then. */
  const sendAhead = (to: Worker, inputs: readonly Input[]): void => {
    const unsent = new Set(inputs.flatMap((input) => (input.kind === "answer" || !input.resource ? [] : [input.resource])));
    for (const resource of unsent) if (early.has(resource)) unsent.delete(resource);
    const resources = [...unsent].map((resource): EarlyResource => ({ number: ++numbers, resource }));
    for (const parcel of packEarly(resources)) to.postMessage({ kind: "prepare", parcel } satisfies ToWorker, [parcel.bytes]);
    for (const { number, resource } of resources) early.set(resource, number);
  };

  /** What is lost, and is replaced, is left out; what is lost and needed breaks the build. */
  const seedFor = (inputs: readonly Input[]): readonly Input[] => {
    const replaced = new Set(inputs.map(({ kind, name }) => keyOf(kind, name)));
    return seed().filter((input) => !isLost(input) || !replaced.has(keyOf(input.kind, input.name)));
  };

  // Its code is loaded while the first changes are on their way.
  worker = start();
  return {
    prepare(changes) {
      worker ??= start();
      sendAhead(worker, changes);
    },
    async build({ known, changes, ...others }): Promise<BuildResult> {
      if (waiting) throw new InternalError("a build is under way");
      worker ??= start();
      const seeds = told ? [] : seedFor([...known, ...changes]);
      sendAhead(worker, [...seeds, ...known, ...changes]);
      // What this request knows or asks for comes after the seed, and replaces it.
      const all = [...seeds, ...known];
      const request = { ...others, known: all.map(sent), changes: changes.map(sent) };
      told = true;
      early = new Map();
      return receive((await ask<"result">({ kind: "build", request })).parcel, [...all, ...changes]);
    },
    async prove() {
      if (waiting) throw new InternalError("a build is under way");
      return (await ask<"proven">({ kind: "prove" })).took;
    },
    settle(keep) {
      // One that was started since has nothing to settle.
      if (told) send({ kind: "settle", keep });
    },
    close() {
      if (!worker) return Promise.resolve();
      const closed = new Promise<void>((resolve) => {
        onClosed = resolve;
      });
      worker.ref();
      send({ kind: "close" });
      worker = undefined;
      return closed;
    },
  };
}

function isLost(input: Input): boolean {
  return input.kind !== "answer" && input.resource instanceof KeptResource && input.resource.isLost();
}

function spawn(setup: WorkerSetup): Worker {
  const options = { workerData: setup, env: environment(setup.state) };
  if (!import.meta.url.endsWith(".ts")) return new Worker(join(codeRoot, "runtime/follow/worker.js"), options);
  // From source: the loader of this thread is not the worker's.
  const file = JSON.stringify(new URL("./worker.ts", import.meta.url).href);
  return new Worker(`import("tsx/esm/api").then(({ register }) => (register(), import(${file})))`, { ...options, eval: true });
}

/** Compiled programs are cached beside the state unless the user said where. */
function environment(state: string | undefined): NodeJS.ProcessEnv {
  if (state === undefined || process.env["KMESH_CACHE"]) return process.env;
  return { ...process.env, KMESH_CACHE: join(state, "cache") };
}
