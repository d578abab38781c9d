import type { XdsKind, XdsRawResource } from "../../compiler/decode/index.ts";
import { createKeeper } from "../keep/index.ts";
import type { Logger } from "../log/index.ts";
import { orWhereLost } from "../spill/index.ts";
import type { XdsClock } from "../xds/clock.ts";
import type { XdsUpdate } from "../xds/types.ts";
import type { FallbacksFile } from "./fallbacks-file.ts";
import { fallbackLimitSpecs } from "./limits.ts";
import { type Change, keyOf, type Rejection } from "./types.ts";

/** Last good versions of resources whose newest version is rejected, also over restarts. */
export interface Fallbacks {
  /** XdsFallback: what an earlier process left for a name that has not come yet. */
  earlier(kind: XdsKind, name: string): XdsRawResource | undefined;
  /** Names come: what was left for them is in place from the next build on, unless that takes what came. */
  come(update: Pick<XdsUpdate, "kind" | "form" | "changed" | "removed" | "refused">): void;
  /** What has come and was in no build yet. */
  forBuild(): readonly XdsRawResource[];
  /** Whether the next build has a fallback of this key: until then nobody else knows what the name is. */
  isForBuild(key: string): boolean;
  /** These were in a build that runs now. Those that the mesh has now, for the store. */
  built(told: readonly XdsRawResource[], unusable: readonly Rejection[]): readonly XdsRawResource[];
  /** Newer versions of these were rejected. Undefined: there is no last good one. */
  rejected(good: readonly (XdsRawResource | undefined)[]): void;
  /** A newer version was accepted, or the name has gone. */
  accepted(change: Change): void;
  /** Names that have not come and are not expected any more are forgotten. */
  settled(expects: (kind: XdsKind, name: string) => boolean): void;
  /** What is not written yet is written. */
  close(): void;
}

export interface FallbacksOptions {
  readonly file: FallbacksFile;
  readonly clock: Pick<XdsClock, "timer">;
  readonly log: Logger;
  /** Default: fallbackLimitSpecs. */
  readonly limits?: { readonly resources: number; readonly bytes: number };
}

interface Entry {
  readonly resource: XdsRawResource;
  /** `left` by an earlier process, `come` and to be told to a build, or in the mesh: `held`. */
  state: "left" | "come" | "held";
}

const defaultLimits = { resources: fallbackLimitSpecs.resources.value, bytes: fallbackLimitSpecs.bytes.value };

export function createFallbacks({ file, clock, log, limits = defaultLimits }: FallbacksOptions): Fallbacks {
  const entries = new Map<string, Entry>();
  /** Keys whose newest version the client has refused: what is accepted in its place is a last good version. */
  const refusedKeys = new Set<string>();
  let bytes = 0;
  const { resources, version, problem } = file.read();
  if (problem) log.error("last good versions of an earlier daemon can't be used", { ...problem });
  for (const resource of resources) if (hasRoom(resource)) put(resource, "left");

  const keeper = createKeeper({
    write: () => file.write([...entries.values()].map((entry) => entry.resource)),
    onError: (error) => log.error("last good versions could not be kept for a restart", { code: "KM6304", error }),
    timer: clock.timer,
  });

  function hasRoom(resource: XdsRawResource): boolean {
    const before = entries.get(keyOf(resource.kind, resource.name))?.resource;
    const size = bytes - (before?.bytes.length ?? 0) + resource.bytes.length;
    return size <= limits.bytes && (before !== undefined || entries.size < limits.resources);
  }

  function put(resource: XdsRawResource, state: Entry["state"]): void {
    const key = keyOf(resource.kind, resource.name);
    remove(key);
    entries.set(key, { resource, state });
    bytes += resource.bytes.length;
  }

  function remove(key: string): boolean {
    const entry = entries.get(key);
    if (!entry) return false;
    bytes -= entry.resource.bytes.length;
    return entries.delete(key);
  }

  function isKept({ kind, name, form, bytes }: XdsRawResource): boolean {
    const kept = entries.get(keyOf(kind, name))?.resource;
    return kept?.form === form && Buffer.compare(kept.bytes, bytes) === 0;
  }

  function forget(keys: readonly string[]): void {
    if (keys.filter(remove).length > 0) keeper.changed();
  }

  function keep(good: readonly (XdsRawResource | undefined)[]): void {
    const news = good.flatMap((one) => {
      const own = one && ownCopy(one);
      return own && !isKept(own) ? [own] : [];
    });
    const left = news.filter((resource) => {
      const fits = hasRoom(resource);
      if (fits) put(resource, "held");
      else remove(keyOf(resource.kind, resource.name));
      return !fits;
    });
    if (news.length > 0) keeper.changed();
    if (left.length === 0) return;
    const { kind, name } = left[0]!;
    log.error("no room for last good versions: a restart forgets them", { code: "KM6307", kind, name, count: left.length });
  }

  return {
    earlier(kind, name) {
      const entry = entries.get(keyOf(kind, name));
      return entry?.state === "left" ? entry.resource : undefined;
    },
    come({ kind, form, changed, removed, refused = [] }) {
      for (const name of changed.keys()) refusedKeys.delete(keyOf(kind, name));
      for (const name of refused) refusedKeys.add(keyOf(kind, name));
      for (const name of removed) refusedKeys.delete(keyOf(kind, name));
      if (entries.size === 0) return;
      const gone = removed.map((name) => keyOf(kind, name)).filter((key) => entries.get(key)?.state === "left");
      for (const name of changed.keys()) {
        const key = keyOf(kind, name);
        const entry = entries.get(key);
        if (entry?.state !== "left") continue;
        // From a source of another kind: the client does not count on it.
        if (entry.resource.form === form) entry.state = "come";
        else gone.push(key);
      }
      forget(gone);
    },
    forBuild: () => [...entries.values()].filter(({ state }) => state === "come").map(({ resource }) => resource),
    isForBuild: (key) => entries.get(key)?.state === "come",
    built(told, unusable) {
      for (const { kind, name, diagnostics } of unusable) {
        log.error("the last good version of an earlier daemon can't be used", { code: "KM6306", kind, name, version, diagnostics });
      }
      forget(unusable.map(({ kind, name }) => keyOf(kind, name)));
      return told.filter((resource) => {
        const entry = entries.get(keyOf(resource.kind, resource.name));
        if (entry?.resource !== resource) return false;
        entry.state = "held";
        const { kind, name } = resource;
        log.warn("its last good version is of an earlier daemon", { kind, name, version });
        return true;
      });
    },
    rejected: keep,
    accepted({ kind, name, resource }) {
      const key = keyOf(kind, name);
      if (resource && refusedKeys.has(key)) keep([resource]);
      else forget([key]);
    },
    settled(expects) {
      const absent = [...entries].filter(([, { state, resource }]) => state === "left" && !expects(resource.kind, resource.name));
      forget(absent.map(([key]) => key));
    },
    close: keeper.flush,
  };
}

/** It may outlive what its bytes are a part of. Undefined: they are lost. */
function ownCopy(resource: XdsRawResource): XdsRawResource | undefined {
  const { kind, name, form } = resource;
  return orWhereLost(() => ({ kind, name, form, bytes: Buffer.from(resource.bytes) }), undefined);
}
