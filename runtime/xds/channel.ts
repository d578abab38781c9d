import type { Diagnostic } from "../../compiler/diag/index.ts";
import { createAnswers, type OpenAnswer } from "./answers.ts";
import type { XdsClock } from "./clock.ts";
import type { Content, Delivery, Held } from "./entry.ts";
import { createLedger, type Ledger, type Staged } from "./ledger.ts";
import type { XdsLimits } from "./limits.ts";
import { typeUrls } from "./protocol.ts";
import { createRateLimit } from "./rate.ts";
import { type Complaints, createComplaints } from "./report.ts";
import { createResent, type Resent } from "./resent.ts";
import type { ReceivedResource, ReceivedResponse } from "./response.ts";
import type { XdsKind, XdsMode, XdsUpdate, XdsVerdict } from "./types.ts";

/** One kind of resources, over all streams: takes responses, hands out what changed, answers in the order of the responses. */
export interface Channel {
  readonly ledger: Ledger;
  /** For readResponse: what a response of these bytes sends once more. */
  resentIn(response: Buffer): Resent;
  /** @param resent what was not read of it */
  receive(response: ReceivedResponse, resent: readonly Held[]): void;
  /** Hands out what has come, as far as the limits allow. */
  flush(): void;
  /** Gives names up; those that the consumer knows. */
  forget(names: readonly string[]): readonly string[];
  /** The stream is gone: nobody waits for its answers. */
  dropAnswers(): void;
  inFlight(): number;
  /** Bytes kept for answers that wait for a verdict. */
  unansweredBytes(): number;
  readonly counts: ChannelCounts;
  /** Whether a response has told what there is: not one that was refused as a whole. */
  isHeard(): boolean;
  close(): void;
}

export interface ChannelCounts {
  responses: number;
  updates: number;
  ignored: number;
  unchanged: number;
}

export interface ChannelContext {
  readonly mode: XdsMode;
  readonly clock: XdsClock;
  readonly limits: XdsLimits;
  /** A response of state of the world is the full set of a kind that is subscribed to as a whole. */
  readonly wildcard: boolean;
  wants(name: string): boolean;
  referencesOf(bytes: Buffer): readonly string[];
  fallbackOf(name: string): Uint8Array | undefined;
  onRetain(content: Content): void;
  onRelease(content: Content): void;
  /** Hands an update to the consumer; `decide` is called once, now or later. */
  handOut(update: XdsUpdate, decide: (verdict: XdsVerdict) => void): void;
  answer(nonce: string, version: string, rejection: readonly Diagnostic[] | undefined): void;
  /** The control plane has sent something for a name that is asked for. */
  onReceived(name: string): void;
  /** A name has been answered, though it may have no resource. */
  onAnswered(name: string): void;
  /** All that came has been handed out. */
  onFlushed(): void;
  report(diagnostic: Diagnostic): void;
}

export function createChannel(kind: XdsKind, context: ChannelContext): Channel {
  const { mode, clock, limits, wildcard } = context;
  const ledger = createLedger(context, limits);
  const rate = createRateLimit(limits.updatesPerSecond, clock);
  const counts: ChannelCounts = { responses: 0, updates: 0, ignored: 0, unchanged: 0 };
  const undecided = new Set<Delivery>();
  const answers = createAnswers(context.answer);
  let version = "";
  let isHeard = false;
  let receivedAt: number | undefined;
  let cancelTimer: (() => void) | undefined;

  const note = (answer: OpenAnswer, name: string, staged: Staged, complaints: Complaints): void => {
    switch (staged.kind) {
      case "same":
        counts.unchanged += 1;
        return;
      case "pending":
        answer.names.add(name);
        answer.waitsFor.add(staged.delivery);
        return;
      case "waiting":
        answer.names.add(name);
        answer.isStaged = true;
        receivedAt ??= clock.now();
        return;
      case "full":
        context.onAnswered(name);
        ledger.refuse(name);
        if (staged.what === "bytes") complaints.add("KM7017", name, `${limits.heldBytes} bytes of ${kind}s are held already`);
        else complaints.add("KM7016", name, `${limits.resources} ${kind}s are held already`);
    }
  };

  const take = (resource: ReceivedResource, seen: Map<string, Buffer>, answer: OpenAnswer, complaints: Complaints): void => {
    const { name, bytes } = resource;
    const before = seen.get(name) ?? ledger.kept(name);
    if (before) {
      if (!before.equals(bytes)) complaints.add("KM7014", name, "stands twice in the response, with different content; the first counts");
      return;
    }
    seen.set(name, bytes);
    const problem = problemOf(resource, kind, limits);
    if (problem) {
      // A name that was cut is none.
      if (!resource.nameTooLong && context.wants(name)) ledger.refuse(name);
      context.onReceived(name);
      context.onAnswered(name);
      complaints.add(problem.code, name, problem.message);
      return;
    }
    if (!context.wants(name)) {
      counts.ignored += 1;
      return;
    }
    context.onReceived(name);
    // Without a resource it only says that the one we have still holds.
    if (isHeartbeat(resource)) ledger.keep(name);
    else note(answer, name, ledger.stage(name, bytes, resource.version, resource.place), complaints);
  };

  const takeRemoval = (name: string, answer: OpenAnswer, complaints: Complaints): void => {
    if (wildcard) {
      note(answer, name, ledger.stageRemoval(name), complaints);
      return;
    }
    if (!context.wants(name)) {
      counts.ignored += 1;
      return;
    }
    context.onReceived(name);
    context.onAnswered(name);
    if (!ledger.knows(name)) return;
    // As Envoy: endpoints and routes go when nothing refers to them, not before.
    ledger.forgetVersion(name);
    context.report({
      code: "KM7019",
      severity: "note",
      path: `${kind}s[${JSON.stringify(name)}]`,
      message: "the control plane removes it while it is referred to; it stays in use",
    });
  };

  const stage = (response: ReceivedResponse, resent: readonly Held[], answer: OpenAnswer, complaints: Complaints): void => {
    const seen = new Map<string, Buffer>();
    const isFullSet = wildcard && mode === "sotw";
    ledger.begin();
    for (const held of resent) ledger.keepHeld(held);
    counts.unchanged += resent.length;
    for (const resource of response.resources) take(resource, seen, answer, complaints);
    for (const name of response.removed) takeRemoval(name, answer, complaints);
    if (isFullSet) ledger.stageAbsent((name, staged) => note(answer, name, staged, complaints));
  };

  const later = (ms: number): void => {
    cancelTimer ??= clock.timer(ms, () => {
      cancelTimer = undefined;
      flush();
    });
  };

  const flush = (): void => {
    if (!ledger.hasWaiting()) {
      answers.wait(undefined);
      answers.give();
      context.onFlushed();
      return;
    }
    if (undecided.size >= limits.updatesInFlight) {
      context.report(merged(kind, `${undecided.size} updates wait for a verdict`));
      return;
    }
    if (!rate.take()) {
      context.report(merged(kind, `more than ${limits.updatesPerSecond} updates a second`));
      later(rate.wait());
      return;
    }
    const delivery = ledger.deliver();
    const at = receivedAt ?? clock.now();
    receivedAt = undefined;
    answers.wait(delivery);
    if (delivery) handOut(delivery, at);
    answers.give();
    context.onFlushed();
  };

  const handOut = (delivery: Delivery, at: number): void => {
    const changed = new Map<string, Uint8Array>();
    for (const [name, { bytes }] of delivery.changed) changed.set(name, bytes);
    undecided.add(delivery);
    counts.updates += 1;
    const update = {
      kind,
      typeUrl: typeUrls[kind],
      version,
      form: "protobuf",
      changed,
      removed: delivery.removed,
      ...(delivery.refused.length > 0 && { refused: delivery.refused }),
      receivedAt: at,
    } as const;
    context.handOut(update, (verdict) => {
      if (!undecided.delete(delivery)) return;
      ledger.settle(delivery, verdict);
      answers.give();
      if (ledger.hasWaiting()) flush();
    });
    for (const name of changed.keys()) context.onAnswered(name);
  };

  return {
    ledger,
    resentIn: (response) => createResent(kind, response, ledger.heldAt),
    receive(response, resent) {
      counts.responses += 1;
      version = response.version;
      const complaints = createComplaints(kind);
      const { nonce } = response;
      const answer: OpenAnswer = { nonce, version, problems: [], names: new Set(), waitsFor: new Set(), isStaged: false };
      if (response.overflows) complaints.add("KM7016", "", `a response of more than ${limits.resources} resources`);
      else stage(response, resent, answer, complaints);
      answer.problems = complaints.list();
      isHeard ||= answer.problems.length === 0 || ledger.size() > 0;
      for (const problem of answer.problems) context.report(problem);
      answers.add(answer);
    },
    flush,
    forget: (names) => names.filter((name) => ledger.forget(name)),
    dropAnswers: answers.drop,
    inFlight: () => undecided.size,
    unansweredBytes: answers.bytes,
    counts,
    isHeard: () => isHeard,
    close() {
      cancelTimer?.();
      undecided.clear();
      answers.drop();
    },
  };
}

/** Why a resource can't be taken, whatever its content. */
function problemOf(
  resource: ReceivedResource,
  kind: XdsKind,
  limits: XdsLimits,
): { readonly code: string; readonly message: string } | undefined {
  const { name, innerName, nameTooLong, typeUrl } = resource;
  if (nameTooLong) return { code: "KM7013", message: `its name has more than ${limits.nameBytes} bytes; it begins like this` };
  if (name === "") return { code: "KM7012", message: "a resource without a name" };
  if (isHeartbeat(resource)) return undefined;
  if (typeUrl !== typeUrls[kind]) {
    return { code: "KM7011", message: `is of type ${JSON.stringify(typeUrl.slice(0, 200))}, in a response of ${typeUrls[kind]}` };
  }
  if (innerName === undefined) return undefined;
  return { code: "KM7015", message: `the resource in it is named ${JSON.stringify(innerName)}` };
}

function isHeartbeat({ typeUrl, bytes }: ReceivedResource): boolean {
  return typeUrl === "" && bytes.length === 0;
}

function merged(kind: XdsKind, why: string): Diagnostic {
  return { code: "KM7020", severity: "note", path: `${kind}s`, message: `${why}: changes are merged, the newest of each resource wins` };
}
