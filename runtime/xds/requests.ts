import type { Diagnostic } from "../../compiler/diag/index.ts";
import { noAnswer } from "./awaited.ts";
import type { Timers } from "./clock.ts";
import type { Connector } from "./connector.ts";
import type { XdsTimes } from "./limits.ts";
import { createPace } from "./pace.ts";
import type { XdsNode } from "./request.ts";
import type { Topic } from "./topic.ts";
import type { XdsKind, XdsMode } from "./types.ts";

/** What goes out on the stream: first requests, other names, answers. */
export interface Requests {
  /** The first request of a kind on this stream, where there is something to ask for. */
  ask(kind: XdsKind): void;
  send(kind: XdsKind, requests: readonly Uint8Array[]): void;
  /** ACK, or NACK where there is a rejection. */
  answer(kind: XdsKind, nonce: string, version: string, rejection: readonly Diagnostic[] | undefined): void;
  /** The stream is gone: nothing that waits is to go out on another. */
  drop(): void;
}

export interface RequestsContext {
  readonly mode: XdsMode;
  readonly node: XdsNode;
  readonly timers: Timers;
  readonly times: Pick<XdsTimes, "answerTimeoutMs" | "retryNamesMs" | "retryNamesMaxMs">;
  readonly topics: Readonly<Record<XdsKind, Topic>>;
  readonly connector: Pick<Connector, "isOpen" | "isFresh" | "send">;
  report(diagnostic: Diagnostic): void;
  /** A kind was not answered at all in time, and is not waited for any more. */
  onGivenUp(kind: XdsKind): void;
}

export function createRequests({ mode, node, timers, times, topics, connector, report, onGivenUp }: RequestsContext): Requests {
  const pace = createPace(timers);

  const send = (kind: XdsKind, requests: readonly Uint8Array[], isRejection = false): void => {
    connector.send(kind, requests, isRejection);
    pace.sent(kind, sizeOf(requests));
    if (topics[kind].subscription.doubts() > 0 && !timers.has(retryOf(kind))) retryAfter(kind, times.retryNamesMs);
  };
  // A control plane that is late by more than anyone waits for it answers in the end; one that does not know the name never does.
  const retryAfter = (kind: XdsKind, ms: number): void => {
    const { subscription } = topics[kind];
    const before = subscription.doubts();
    timers.set(retryOf(kind), ms, () => {
      const doubts = subscription.doubts();
      if (doubts === 0 || !connector.isOpen()) return;
      retryAfter(kind, doubts > before ? times.retryNamesMs : Math.min(2 * ms, times.retryNamesMaxMs));
      send(kind, subscription.retry());
    });
  };

  return {
    ask(kind) {
      const { subscription, channel, answered } = topics[kind];
      if (!connector.isOpen()) return;
      const bytes = subscription.first(connector.isFresh() ? node : undefined, channel.ledger.versions);
      if (!bytes) return;
      send(kind, [bytes]);
      if (answered || !connector.isOpen()) return;
      timers.set(kind, times.answerTimeoutMs, () => {
        report(noAnswer(`${kind}s`, times.answerTimeoutMs));
        onGivenUp(kind);
      });
    },
    send,
    answer(kind, nonce, version, rejection) {
      const topic = topics[kind];
      if (rejection) topic.nacks += 1;
      else topic.acks += 1;
      topic.lastRejection = rejection ?? [];
      if (!rejection) topic.subscription.accept(version);
      const reply = (): void => send(kind, topic.subscription.answer(nonce, rejection), rejection !== undefined);
      if (rejection || mode === "delta") reply();
      else pace.acknowledge(kind, reply);
    },
    drop: pace.clear,
  };
}

function retryOf(kind: XdsKind): string {
  return `doubts of ${kind}`;
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((bytes, part) => bytes + part.length, 0);
}
