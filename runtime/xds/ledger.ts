import type { Body } from "../spill/index.ts";
import { AcceptedView } from "./accepted-view.ts";
import { type ContentHooks, createContents } from "./contents.ts";
import { type Content, type Delivery, type Entry, type Held, handedOut, lastPending, nothingPending, sameBytes } from "./entry.ts";
import type { XdsLimits } from "./limits.ts";
import type { XdsVerdict } from "./types.ts";

/** How a resource that came compares with what is known: the bytes it had, those of an undecided delivery, or others. */
export type Staged =
  | { readonly kind: "same" }
  | { readonly kind: "pending"; readonly delivery: Delivery }
  | { readonly kind: "waiting" }
  /** There is no room for one more, or for its bytes; what was known stays. */
  | { readonly kind: "full"; readonly what: "resources" | "bytes" };

/**
 * What is known of one kind of resources: accepted, handed out, waiting to be handed out. The same bytes never come out twice in a row, and a
 * rejected resource goes back to what was accepted.
 */
export interface Ledger {
  /** Takes a resource's bytes; where they are new they are kept as Content says. `place`: which one of its response it is. */
  stage(name: string, bytes: Buffer, version: string, place?: number): Staged;
  stageRemoval(name: string): Staged;
  /** Counts a resource as there, without content. */
  keep(name: string): void;
  /** Counts a resource as there that is not to be taken: what is known stays; of a name that has not come yet, the fallback comes in its place. */
  refuse(name: string): void;
  /** What was staged with this place last, where nothing newer is known of it. */
  heldAt(place: number): Held | undefined;
  /** The same for what `heldAt` gave. */
  keepHeld(held: Held): void;
  /** What a name that is counted as there holds. */
  kept(name: string): Body | undefined;
  /** A response, or a full set, begins. */
  begin(): void;
  /** All names that were not staged or kept since `begin`, as removals. */
  stageAbsent(staged: (name: string, result: Staged) => void): void;
  hasWaiting(): boolean;
  /** Hands out what waits; undefined where nothing of it is news any more. */
  deliver(): Delivery | undefined;
  /** Books a delivery's verdict. */
  settle(delivery: Delivery, verdict: XdsVerdict): void;
  /** Forgets a name; whether the consumer knows a resource of it. */
  forget(name: string): boolean;
  /** Whether the consumer knows, or is about to know, a resource of this name. */
  knows(name: string): boolean;
  readonly accepted: ReadonlyMap<string, Uint8Array>;
  /** Versions of what is known, for a new delta stream. */
  versions(): Readonly<Record<string, string>>;
  /** A new delta stream is not told that this name is held. */
  forgetVersion(name: string): void;
  size(): number;
  bytes(): number;
}

export interface LedgerHooks extends ContentHooks {
  /** What the consumer falls back to if it rejects the first version of this name; asked when that version comes. */
  fallbackOf(name: string): Uint8Array | undefined;
}

export function createLedger(hooks: LedgerHooks, limits: Pick<XdsLimits, "resources" | "heldBytes">): Ledger {
  const contents = createContents(hooks, limits.heldBytes);
  const entries = new Map<string, Entry>();
  const accepted = new AcceptedView(entries);
  const waitingNames = new Set<string>();
  /** Refused since the last delivery. */
  const refusedNames = new Set<string>();
  /** By their places in responses. */
  const places: Entry[] = [];
  let sequence = 0;
  let round = 0;
  /** A first snapshot is tens of megabytes, which are not copied. One response of each kind, at most, is kept alive by what is left of it. */
  let isFirst = false;

  hooks.spill.join(() => accepted.contents());

  const setWaiting = (name: string, entry: Entry, content: Content | undefined): void => {
    contents.release(entry.waiting?.content);
    entry.waiting = { content };
    waitingNames.add(name);
  };
  const clearWaiting = (name: string, entry: Entry): void => {
    if (!entry.waiting) return;
    contents.release(entry.waiting.content);
    entry.waiting = undefined;
    waitingNames.delete(name);
  };
  const setAccepted = (entry: Entry, content: Content | undefined): void => {
    if (entry.accepted !== content) contents.release(entry.accepted);
    if (content && entry.accepted !== content) contents.accept(content);
    accepted.size += Number(content !== undefined) - Number(entry.accepted !== undefined);
    entry.accepted = content;
  };
  const setFallback = (entry: Entry, content: Content | undefined): void => {
    if (entry.fallback !== entry.accepted) contents.release(entry.fallback);
    entry.fallback = content;
  };
  const tidy = (name: string, entry: Entry): void => {
    if (entry.accepted || entry.waiting || entry.pending.length > 0) return;
    setFallback(entry, undefined);
    entries.delete(name);
    refusedNames.delete(name);
  };
  const create = (name: string): Entry => {
    const earlier = hooks.fallbackOf(name);
    const fallback = earlier && contents.retain(name, Buffer.from(earlier.buffer, earlier.byteOffset, earlier.byteLength), "", true);
    const entry = {
      name,
      accepted: undefined,
      fallback,
      acceptedSequence: 0,
      pending: nothingPending,
      waiting: undefined,
      isRefused: false,
      round,
    };
    entries.set(name, entry);
    return entry;
  };
  /** @param lost the consumer could not go back to the fallback either */
  const reject = (entry: Entry, content: Content | undefined, lost: boolean): void => {
    contents.release(content);
    if (!entry.fallback) return;
    if (!lost) setAccepted(entry, entry.fallback);
    setFallback(entry, undefined);
  };

  const setRefused = (name: string, entry: Entry, isRefused: boolean): void => {
    if (entry.isRefused === isRefused) return;
    entry.isRefused = isRefused;
    if (isRefused) refusedNames.add(name);
    else refusedNames.delete(name);
  };

  const stageContent = (name: string, entry: Entry, bytes: Buffer | undefined, version: string): Staged => {
    const last = lastPending(entry);
    const current = last ? last.content : entry.accepted;
    if (sameBytes(current, bytes)) {
      if (current) current.version = version;
      clearWaiting(name, entry);
      tidy(name, entry);
      return last ? { kind: "pending", delivery: last.delivery } : { kind: "same" };
    }
    if (entry.waiting && sameBytes(entry.waiting.content, bytes)) {
      if (entry.waiting.content) entry.waiting.content.version = version;
    } else {
      if (bytes && !contents.fits(bytes.length)) {
        tidy(name, entry);
        return { kind: "full", what: "bytes" };
      }
      setWaiting(name, entry, bytes && contents.retain(name, bytes, version, !isFirst));
    }
    return { kind: "waiting" };
  };

  return {
    stage(name, bytes, version, place) {
      let entry = entries.get(name);
      if (!entry) {
        if (entries.size >= limits.resources) return { kind: "full", what: "resources" };
        entry = create(name);
      }
      entry.round = round;
      if (place !== undefined) places[place] = entry;
      const staged = stageContent(name, entry, bytes, version);
      if (staged.kind !== "full") setRefused(name, entry, false);
      return staged;
    },
    stageRemoval(name) {
      const entry = entries.get(name);
      return entry ? stageContent(name, entry, undefined, "") : { kind: "same" };
    },
    keep(name) {
      const entry = entries.get(name);
      if (entry) entry.round = round;
    },
    refuse(name) {
      let entry = entries.get(name);
      if (!entry && entries.size < limits.resources) {
        entry = create(name);
        if (entry.fallback) stageContent(name, entry, entry.fallback.bytes(), "");
        else tidy(name, entry);
      }
      if (!entry || !entries.has(name)) return;
      entry.round = round;
      setRefused(name, entry, true);
    },
    heldAt(place) {
      const entry = places[place];
      return entry?.accepted && !entry.waiting && entry.pending.length === 0 ? (entry as Held) : undefined;
    },
    keepHeld(held) {
      (held as Entry).round = round;
    },
    kept(name) {
      const entry = entries.get(name);
      return entry?.round === round ? entry.accepted : undefined;
    },
    begin() {
      round += 1;
      isFirst = entries.size === 0;
    },
    stageAbsent(staged) {
      for (const [name, entry] of entries) if (entry.round !== round) staged(name, stageContent(name, entry, undefined, ""));
    },
    hasWaiting: () => waitingNames.size > 0 || refusedNames.size > 0,
    deliver() {
      const changed = new Map<string, Content>();
      const removed: string[] = [];
      const delivery: Delivery = {
        sequence: ++sequence,
        changed,
        removed,
        refused: [...refusedNames],
        verdict: undefined,
        rejected: new Set(),
      };
      refusedNames.clear();
      for (const name of waitingNames) {
        const entry = entries.get(name)!;
        const { content } = entry.waiting!;
        // A rejection since may have brought the old bytes back.
        if (!sameBytes(handedOut(entry), content?.bytes())) {
          entry.pending = [...entry.pending, { delivery, content }];
          if (content) changed.set(name, content);
          else removed.push(name);
        } else contents.release(content);
        entry.waiting = undefined;
        tidy(name, entry);
      }
      waitingNames.clear();
      return changed.size > 0 || removed.length > 0 || delivery.refused.length > 0 ? delivery : undefined;
    },
    settle(delivery, verdict) {
      delivery.verdict = verdict;
      const names = [...delivery.changed.keys(), ...delivery.removed];
      if (verdict.kind === "rejected") delivery.rejected = new Set(verdict.names ?? names);
      const lost = new Set(verdict.kind === "rejected" ? verdict.lost : []);
      for (const name of names) {
        const entry = entries.get(name);
        const decided = entry?.pending.find((pending) => pending.delivery === delivery);
        if (!entry || !decided) continue;
        const { content } = decided;
        entry.pending = entry.pending.length > 1 ? entry.pending.filter((pending) => pending !== decided) : nothingPending;
        if (delivery.rejected.has(name)) reject(entry, content, lost.has(name));
        else if (delivery.sequence > entry.acceptedSequence) {
          entry.acceptedSequence = delivery.sequence;
          setAccepted(entry, content);
          setFallback(entry, undefined);
        } else contents.release(content);
        tidy(name, entry);
      }
    },
    forget(name) {
      const entry = entries.get(name);
      if (!entry) return false;
      clearWaiting(name, entry);
      const known = handedOut(entry) !== undefined;
      for (const { content } of entry.pending) contents.release(content);
      // Its place may know it for a while.
      entry.pending = nothingPending;
      setAccepted(entry, undefined);
      setFallback(entry, undefined);
      entries.delete(name);
      refusedNames.delete(name);
      return known;
    },
    knows(name) {
      const entry = entries.get(name);
      if (!entry) return false;
      return (entry.waiting ? entry.waiting.content : handedOut(entry)) !== undefined;
    },
    accepted,
    versions() {
      const versions: Record<string, string> = Object.create(null) as Record<string, string>;
      for (const [name, { accepted: content, pending, waiting }] of entries) {
        // What is undecided may be held or not, and what is lost can't be shown: a version that nothing has makes the control plane send it, or its removal.
        if (pending.length > 0 || waiting || content?.isLost()) versions[name] = "";
        // A control plane that gives no versions, as istiod, needs the names: it tells the removal of what it finds here only.
        else if (content?.version !== undefined) versions[name] = content.version;
      }
      return versions;
    },
    forgetVersion(name) {
      const content = entries.get(name)?.accepted;
      if (content) content.version = undefined;
    },
    size: () => entries.size,
    bytes: contents.bytes,
  };
}
