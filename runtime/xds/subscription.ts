import { compareText, type Diagnostic } from "../../compiler/diag/index.ts";
import { createDoubts } from "./doubts.ts";
import { typeUrls } from "./protocol.ts";
import { encodeDelta, encodeNames, encodeSotw, type XdsNode } from "./request.ts";
import { createTries } from "./tries.ts";
import type { XdsKind, XdsMode } from "./types.ts";

/** What one kind asks the control plane for: all there is (clusters, listeners), or the names that other resources refer to. */
export interface Subscription {
  readonly wildcard: boolean;
  /** Counts a reference to a name, and takes it back. Takes effect at `update`. */
  refer(name: string): void;
  unrefer(name: string): void;
  /** Makes the names what is referred to; undefined when nothing changed. Names past `maxNames` are left out and counted. */
  update(maxNames: number): NameChange | undefined;
  wants(name: string): boolean;
  size(): number;
  /** A stream begins: nothing has been asked for on it. */
  reset(): void;
  /** Whether the stream has had a request of this kind. */
  isOpen(): boolean;
  /** The first request of a stream. Nothing to ask for: undefined. */
  first(node: XdsNode | undefined, versions: () => Readonly<Record<string, string>>): Buffer | undefined;
  /** Asks for what changed, on a stream that has had the first request. */
  change(change: NameChange): readonly Buffer[];
  /** A response has come; a change of names refers to the last one. */
  received(nonce: string): void;
  /** This version was accepted whole: every request says so from now on. */
  accept(version: string): void;
  /** Acknowledges a response, or rejects it with the reasons. */
  answer(nonce: string, rejection: readonly Diagnostic[] | undefined): readonly Buffer[];
  /** Asks once more for names whose request crossed the last response, where the answer to it, which would name them, is still to come. */
  again(): readonly Buffer[];
  /** A name has been answered. */
  settle(name: string): void;
  /** Names that the control plane may think it has answered. */
  doubts(): number;
  /** Asks for such names again. */
  retry(): readonly Buffer[];
  /** The last version that was accepted whole. */
  version(): string;
}

export interface NameChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Referred to, and not asked for. */
  readonly leftOut: number;
}

export function createSubscription(kind: XdsKind, mode: XdsMode): Subscription {
  const wildcard = kind === "cluster" || kind === "listener";
  const typeUrl = typeUrls[kind];
  const references = new Map<string, number>();
  const names = new Set<string>();
  const touched = new Set<string>();
  const doubts = createDoubts();
  /** Asked for after the stream's first request, and not answered: the request may have crossed a response, and not have been looked at. */
  const unanswered = createTries();
  let encoded: Uint8Array | undefined;
  let version = "";
  let nonce = "";
  /** The nonce with which all names were told last. */
  let told = "";
  let open = false;

  const encodedNames = (): Uint8Array => {
    // Ten thousand names are half a megabyte, and each acknowledgement has them.
    encoded ??= encodeNames([...names].sort(compareText));
    return encoded;
  };
  const namesWithout = (left: readonly string[]): Uint8Array => {
    const out = new Set(left);
    return encodeNames([...names].filter((name) => !out.has(name)).sort(compareText));
  };
  const ask = (asked: Uint8Array): Buffer => {
    told = nonce;
    return encodeSotw({ typeUrl, version, nonce }, asked);
  };
  /** Gives the doubtful names up and asks for them again, so that the control plane answers them, whatever it thinks it has answered. */
  const askAgain = (doubtful: readonly string[]): readonly Buffer[] => [ask(namesWithout(doubtful)), ask(encodedNames())];

  const answerSotw = (answered: string, rejection: readonly Diagnostic[] | undefined): readonly Buffer[] => {
    const reply = encodeSotw({ typeUrl, version, nonce: answered, rejection }, encodedNames());
    // Another response is on its way to being answered: this answer is stale, and its names are not looked at.
    if (wildcard || answered !== nonce) return [reply];
    told = nonce;
    const doubtful = doubts.take();
    if (doubtful.length > 0) return [reply, ...askAgain(doubtful)];
    // istiod does not look at the names of a rejection.
    return rejection !== undefined && unanswered.size() > 0 ? [reply, ask(encodedNames())] : [reply];
  };

  return {
    wildcard,
    refer(name) {
      const count = references.get(name) ?? 0;
      references.set(name, count + 1);
      if (count === 0) touched.add(name);
    },
    unrefer(name) {
      const count = references.get(name) ?? 0;
      if (count > 1) references.set(name, count - 1);
      else {
        references.delete(name);
        touched.add(name);
      }
    },
    update(maxNames) {
      if (touched.size === 0) return undefined;
      const removed = [...touched].filter((name) => !references.has(name) && names.delete(name));
      const added: string[] = [];
      let leftOut = 0;
      for (const name of touched) {
        if (!references.has(name) || names.has(name)) continue;
        if (names.size < maxNames) {
          names.add(name);
          added.push(name);
        } else leftOut += 1;
      }
      touched.clear();
      if (added.length === 0 && removed.length === 0 && leftOut === 0) return undefined;
      encoded = undefined;
      return { added: added.sort(compareText), removed: removed.sort(compareText), leftOut };
    },
    wants: (name) => wildcard || names.has(name),
    size: () => names.size,
    reset() {
      nonce = "";
      told = "";
      open = false;
      unanswered.clear();
      doubts.clear();
    },
    isOpen: () => open,
    first(node, versions) {
      // In state of the world no names means all of them.
      if (!wildcard && names.size === 0) return undefined;
      open = true;
      if (mode === "sotw") return encodeSotw({ typeUrl, node, version, nonce: "" }, encodedNames());
      return encodeDelta({ typeUrl, node, subscribe: [...names].sort(compareText), initialVersions: versions() });
    },
    change({ added, removed }) {
      if (mode === "delta") return [encodeDelta({ typeUrl, subscribe: added, unsubscribe: removed })];
      for (const name of added) unanswered.add(name);
      for (const name of removed) unanswered.delete(name);
      doubts.change(added, removed);
      const doubtful = doubts.take();
      return doubtful.length > 0 ? askAgain(doubtful) : [ask(encodedNames())];
    },
    received(received) {
      nonce = received;
    },
    accept(accepted) {
      version = accepted;
    },
    answer(answered, rejection) {
      return mode === "delta" ? [encodeDelta({ typeUrl, nonce: answered, rejection })] : answerSotw(answered, rejection);
    },
    again() {
      return told !== nonce && unanswered.take().length > 0 ? [ask(encodedNames())] : [];
    },
    settle(name) {
      unanswered.delete(name);
      doubts.settle(name);
    },
    doubts: doubts.size,
    retry: () => askAgain(doubts.all()),
    version: () => version,
  };
}
