import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Spill } from "../spill/index.ts";
import { createAnswers, type OpenAnswer } from "./answers.ts";
import type { XdsClock } from "./clock.ts";
import type { Content, Delivery, Held } from "./entry.ts";
import { createIntake, type IntakeContext, type IntakeCounts } from "./intake.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { typeUrls } from "./protocol.ts";
import { createRateLimit } from "./rate.ts";
import { createComplaints } from "./report.ts";
import { createResent, type Resent } from "./resent.ts";
import type { ReceivedResponse } from "./response.ts";
import type { XdsKind, XdsUpdate, XdsVerdict } from "./types.ts";

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
  /** Changes wait to be handed out, and not for verdicts on others: these may wait for a generation. */
  hasMore(): boolean;
  /** Bytes kept for answers that wait for a verdict. */
  unansweredBytes(): number;
  readonly counts: ChannelCounts;
  /** Whether a response has told what there is: not one that was refused as a whole. */
  isHeard(): boolean;
  close(): void;
}

export interface ChannelCounts extends IntakeCounts {
  responses: number;
  updates: number;
}

export interface ChannelContext extends IntakeContext {
  readonly clock: XdsClock;
  readonly spill: Spill;
  referencesOf(bytes: Buffer): readonly string[];
  fallbackOf(name: string): Uint8Array | undefined;
  onRetain(content: Content): void;
  onRelease(content: Content): void;
  /** Hands an update to the consumer; `decide` is called once, now or later. */
  handOut(update: XdsUpdate, decide: (verdict: XdsVerdict) => void): void;
  answer(nonce: string, version: string, rejection: readonly Diagnostic[] | undefined): void;
  /** All that came has been handed out. */
  onFlushed(): void;
}

export function createChannel(kind: XdsKind, context: ChannelContext): Channel {
  const { clock, limits } = context;
  const ledger = createLedger(context, limits);
  const rate = createRateLimit(limits.updatesPerSecond, clock);
  const counts: ChannelCounts = { responses: 0, updates: 0, ignored: 0, unchanged: 0 };
  const intake = createIntake(kind, context, ledger, counts);
  const undecided = new Set<Delivery>();
  const answers = createAnswers(context.answer);
  let version = "";
  let isHeard = false;
  let receivedAt: number | undefined;
  let cancelTimer: (() => void) | undefined;

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
    const { changed } = delivery;
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
    resentIn: createResent(kind, ledger.heldAt),
    receive(response, resent) {
      const now = clock.now();
      counts.responses += 1;
      version = response.version;
      const complaints = createComplaints(kind);
      const { nonce } = response;
      const answer: OpenAnswer = { nonce, version, problems: [], names: new Set(), waitsFor: new Set(), isStaged: false };
      if (response.overflows) complaints.add("KM7016", "", `a response of more than ${limits.resources} resources`);
      else intake.take(response, resent, answer, complaints);
      if (answer.isStaged) receivedAt ??= now;
      answer.problems = complaints.list();
      isHeard ||= answer.problems.length === 0 || ledger.size() > 0;
      for (const problem of answer.problems) context.report(problem);
      answers.add(answer);
    },
    flush,
    forget: (names) => names.filter((name) => ledger.forget(name)),
    dropAnswers: answers.drop,
    inFlight: () => undecided.size,
    hasMore: () => ledger.hasWaiting() && undecided.size < limits.updatesInFlight,
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

function merged(kind: XdsKind, why: string): Diagnostic {
  return { code: "KM7020", severity: "note", path: `${kind}s`, message: `${why}: changes are merged, the newest of each resource wins` };
}
