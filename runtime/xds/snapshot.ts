import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { readRawResources, type XdsRawResource } from "../../compiler/decode/index.ts";
import { Collector, type Diagnostic } from "../../compiler/diag/index.ts";
import { noSpill } from "../spill/index.ts";
import { createTimers, systemClock, type XdsClock } from "./clock.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { defaultLimits } from "./limits.ts";
import { kinds, typeUrls } from "./protocol.ts";
import type { XdsEvents, XdsFallback, XdsKind, XdsSource } from "./types.ts";
import { decided } from "./verdict.ts";

export interface SnapshotOptions {
  /** How often the file is looked at; milliseconds. Default 200. */
  readonly pollMs?: number;
  readonly clock?: XdsClock;
  /** Default: none. */
  readonly fallback?: XdsFallback;
}

/**
 * A captured snapshot (whatever kmesh-compile reads) instead of a control plane: the updates that a control plane would have caused, and again
 * when the file changes. A file that can't be read leaves everything as it was. `form` of JSON snapshots is `json`.
 */
export function watchSnapshot(file: string, events: XdsEvents, options: SnapshotOptions = {}): XdsSource {
  const { clock = systemClock, pollMs = 200 } = options;
  const timers = createTimers(clock);
  const ledgers: Readonly<Record<XdsKind, Ledger>> = {
    cluster: emptyLedger("cluster"),
    endpoint: emptyLedger("endpoint"),
    listener: emptyLedger("listener"),
    route: emptyLedger("route"),
  };
  let form: XdsRawResource["form"] = "json";
  let mark = "";
  let isSettled = false;
  let closed = false;

  const look = (): void => {
    timers.set("look", pollMs, look);
    const now = markOf(file);
    if (now === mark) return;
    mark = now;
    const read = readSnapshot(file);
    for (const diagnostic of read.diagnostics) events.onDiagnostic?.(diagnostic);
    if (read.resources && !closed) apply(read.resources);
  };

  const apply = (resources: readonly XdsRawResource[]): void => {
    for (const kind of kinds)
      handOut(
        kind,
        resources.filter((resource) => resource.kind === kind),
      );
    if (!closed) {
      isSettled = true;
      events.onSettled?.();
    }
  };

  const handOut = (kind: XdsKind, resources: readonly XdsRawResource[]): void => {
    const held = ledgers[kind];
    form = resources[0]?.form ?? form;
    held.begin();
    for (const { name, bytes } of resources) held.stage(name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), "");
    held.stageAbsent(() => {});
    const delivery = held.deliver();
    if (!delivery || closed) return;
    const { changed, removed } = delivery;
    const update = { kind, typeUrl: typeUrls[kind], version: mark, form, changed, removed, receivedAt: clock.now() };
    decided(events, update, (verdict, failure) => {
      if (failure) events.onDiagnostic?.(failure);
      held.settle(delivery, verdict);
    });
  };

  function emptyLedger(kind: XdsKind): Ledger {
    const fallbackOf = (name: string): Uint8Array | undefined => {
      const resource = options.fallback?.(kind, name);
      return resource?.form === form ? resource.bytes : undefined;
    };
    return createLedger({ spill: noSpill, referencesOf: () => [], fallbackOf, onRetain() {}, onRelease() {} }, defaultLimits);
  }

  timers.set("look", 0, look);

  return {
    held: (kind) => ledgers[kind].accepted,
    settled: () => isSettled,
    expects: () => !isSettled,
    // Whenever the file is read, everything comes that was not accepted.
    startOver() {},
    close() {
      closed = true;
      timers.cancelAll();
    },
  };
}

function markOf(file: string): string {
  try {
    // The time of its last change of any kind: also of one that makes it readable.
    const { ino, mtimeMs, ctimeMs, size } = statSync(file);
    return `${ino}-${mtimeMs}-${ctimeMs}-${size}`;
  } catch {
    return "absent";
  }
}

function readSnapshot(file: string): { readonly resources?: readonly XdsRawResource[]; readonly diagnostics: readonly Diagnostic[] } {
  const sink = new Collector();
  const unread = (message: string): { readonly diagnostics: readonly Diagnostic[] } => {
    const hint = "what runs goes on unchanged; the file is read as soon as it is another one";
    return { diagnostics: [{ code: "KM7040", severity: "error", path: file, message, hint }] };
  };
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return unread("is a folder, and one file is followed");
    // A pipe would be waited for, and all else with it.
    if (!stat.isFile()) return unread("is no plain file");
    const resources = readRawResources([{ name: basename(file), bytes: readFileSync(file) }], sink);
    // A file that is half written, or none: what it lacks is not gone.
    const isBroken = resources.length === 0 && sink.has("error");
    return { ...(!isBroken && { resources }), diagnostics: sink.list() };
  } catch (error) {
    return unread((error as Error).message);
  }
}
