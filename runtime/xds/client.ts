import type { Diagnostic } from "../../compiler/diag/index.ts";
import { noSpill, type Spill } from "../spill/index.ts";
import { createAwaited } from "./awaited.ts";
import { createChannel } from "./channel.ts";
import { createTimers, systemClock, type XdsClock } from "./clock.ts";
import { createConnector, problemOf } from "./connector.ts";
import type { Content } from "./entry.ts";
import { defaultLimits, defaultTimes, type XdsLimits, type XdsTimes } from "./limits.ts";
import { createNameFollower } from "./name-follower.ts";
import { type NamesOf, namesOf } from "./names.ts";
import { kindOfUrl, kinds } from "./protocol.ts";
import { createReporter } from "./report.ts";
import type { XdsNode } from "./request.ts";
import { createRequests } from "./requests.ts";
import type { Resent } from "./resent.ts";
import { type ReceivedResponse, readResponse, typeUrlIn } from "./response.ts";
import { createSubscription, type Subscription } from "./subscription.ts";
import { newTopic, statusOf, type Topic } from "./topic.ts";
import type { XdsTransport } from "./transport.ts";
import type { XdsClient, XdsEvents, XdsFallback, XdsKind, XdsMode, XdsUpdate, XdsVerdict } from "./types.ts";
import { decided } from "./verdict.ts";

export interface XdsClientOptions {
  readonly mode: XdsMode;
  readonly node: XdsNode;
  readonly transport: XdsTransport;
  readonly limits?: Partial<XdsLimits>;
  readonly times?: Partial<XdsTimes>;
  readonly clock?: XdsClock;
  readonly namesOf?: NamesOf;
  /** Default: none. */
  readonly fallback?: XdsFallback;
  /** Where the bytes of what is accepted go. Default: they stay in memory. */
  readonly spill?: Spill;
}

/**
 * Follows a control plane over one aggregated stream, until it is closed: what is held stays over disconnections, and every reconnection
 * says what is held. Nothing throws; what goes wrong is told by events.
 */
export function openXdsClient(options: XdsClientOptions, events: XdsEvents): XdsClient {
  const { mode, node, transport, clock = systemClock, spill = noSpill } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const times = { ...defaultTimes, ...options.times };
  const references = options.namesOf ?? namesOf;
  const report = createReporter(clock, (diagnostic) => events.onDiagnostic?.(diagnostic));
  const timers = createTimers(clock);
  let controlPlane = "";
  let isSettled = false;
  let startsOver = false;
  let closed = false;

  const awaited = createAwaited({ clock, timers, timeoutMs: times.answerTimeoutMs, report, onGivenUp: checkSettled });
  const topics: Readonly<Record<XdsKind, Topic>> = {
    cluster: createTopic("cluster"),
    endpoint: createTopic("endpoint"),
    listener: createTopic("listener"),
    route: createTopic("route"),
  };
  const connector = createConnector({
    transport,
    mode,
    clock,
    timers,
    limits,
    times,
    onReady() {
      topics.cluster.begun = true;
      for (const kind of kinds) if (topics[kind].begun) requests.ask(kind);
    },
    onMessage,
    onLost() {
      requests.drop();
      for (const kind of kinds) {
        timers.cancel(kind);
        topics[kind].subscription.reset();
        topics[kind].channel.dropAnswers();
      }
    },
    onState: (state) => events.onConnection?.(state),
  });
  const requests = createRequests({
    mode,
    node,
    timers,
    times,
    topics,
    connector,
    report,
    onGivenUp(kind) {
      topics[kind].answered = true;
      advance();
      checkSettled();
    },
  });

  const follower = createNameFollower({ clock, limits, topics, awaited, requests, handOut, report });

  function createTopic(kind: XdsKind): Topic {
    const subscription = createSubscription(kind, mode);
    const each = (content: Content, act: (of: Subscription, name: string) => void): void => {
      const target = follower.referredBy(kind);
      if (target) for (const name of content.references) act(target.subscription, name);
    };
    const channel = createChannel(kind, {
      mode,
      clock,
      limits,
      spill,
      wildcard: subscription.wildcard,
      wants: subscription.wants,
      referencesOf: (bytes) => follower.askable(kind, references(kind, bytes)),
      fallbackOf(name) {
        const resource = options.fallback?.(kind, name);
        return resource?.form === "protobuf" ? resource.bytes : undefined;
      },
      onRetain: (content) => each(content, (of, name) => of.refer(name)),
      onRelease: (content) => each(content, (of, name) => of.unrefer(name)),
      handOut,
      answer: (nonce, version, rejection) => requests.answer(kind, nonce, version, rejection),
      onReceived: subscription.settle,
      onAnswered: (name) => awaited.drop(kind, name),
      onFlushed: () => checkSettled(),
      report,
    });
    return newTopic(subscription, channel);
  }

  function expects(kind: XdsKind, name: string): boolean {
    const named = kind === "endpoint" ? topics.cluster : kind === "route" ? topics.listener : undefined;
    const { channel, subscription } = topics[kind];
    if (!named) return !channel.isHeard();
    return !named.channel.isHeard() || subscription.wants(name);
  }

  /** Subscribes to a kind as soon as what it refers to has come: clusters, endpoints, listeners, routes. */
  function advance(): void {
    const { cluster, endpoint, listener, route } = topics;
    if (!endpoint.begun && cluster.answered) begin("endpoint");
    if (!listener.begun && endpoint.begun && (endpoint.answered || endpoint.subscription.size() === 0)) begin("listener");
    if (!route.begun && listener.answered) begin("route");
  }

  function begin(kind: XdsKind): void {
    topics[kind].begun = true;
    requests.ask(kind);
  }

  /** In delta nothing is sent without need, and what is held has a version to be updated. */
  function resentIn(response: Buffer, kind: XdsKind | undefined): Resent | undefined {
    return mode === "sotw" && kind !== undefined ? topics[kind].channel.resentIn(response) : undefined;
  }

  function onMessage(bytes: Buffer): void {
    let response: ReceivedResponse;
    let resent: Resent | undefined;
    try {
      const typeUrl = typeUrlIn(bytes, mode);
      resent = resentIn(bytes, kindOfUrl(typeUrl));
      response = readResponse(bytes, mode, limits, resent?.isNext);
      if (response.typeUrl !== typeUrl) throw new Error("it names more than one type");
    } catch (error) {
      breakOff(problemOf(transport, "KM7005", (error as Error).message));
      return;
    }
    const kind = kindOfUrl(response.typeUrl);
    if (kind === undefined || !topics[kind].subscription.isOpen()) {
      const type = JSON.stringify(response.typeUrl.slice(0, 200));
      report(problemOf(transport, "KM7010", `a response of type ${type}, which was not asked for`));
      return;
    }
    connector.count();
    if (response.controlPlane !== "") controlPlane = response.controlPlane.slice(0, 256);
    const topic = topics[kind];
    // Who did without this kind until now is told again.
    if (topic.channel.counts.responses === 0) isSettled = false;
    topic.answered = true;
    timers.cancel(kind);
    topic.subscription.received(response.nonce);
    topic.channel.receive(response, resent?.found ?? []);
    follower.follow();
    topic.channel.flush();
    const again = topic.subscription.again();
    if (again.length > 0) requests.send(kind, again);
    const waiting = topic.channel.unansweredBytes();
    if (waiting > limits.unansweredBytes)
      breakOff(problemOf(transport, "KM7022", `answers of ${kind}s that wait for a verdict take ${waiting} bytes`));
    advance();
  }

  function breakOff(problem: Diagnostic): void {
    report(problem);
    connector.breakOff(problem);
  }

  function handOut(update: XdsUpdate, decide?: (verdict: XdsVerdict) => void): void {
    if (closed) return;
    decided(events, update, (verdict, failure) => {
      if (closed) return;
      if (failure) report(failure);
      decide?.(verdict);
      follower.follow();
      advance();
      checkSettled();
    });
  }

  function startOver(why: string): void {
    if (closed || startsOver) return;
    startsOver = true;
    isSettled = false;
    timers.set("start over", times.startOverMs, () => {
      startsOver = false;
      for (const kind of kinds) {
        topics[kind].begun = false;
        topics[kind].answered = false;
      }
      breakOff(problemOf(transport, "KM7023", `${why}; all of it is asked for again`));
    });
  }

  function settled(): boolean {
    const { cluster, listener } = topics;
    if (startsOver) return false;
    return cluster.answered && listener.answered && awaited.isEmpty() && kinds.every((kind) => !topics[kind].channel.hasMore());
  }

  function checkSettled(): void {
    const before = isSettled;
    isSettled = settled();
    if (isSettled && !before && !closed) events.onSettled?.();
  }

  connector.start();

  return {
    held: (kind) => topics[kind].channel.ledger.accepted,
    settled,
    expects,
    startOver,
    status: () => ({
      connection: connector.state(),
      since: connector.since(),
      streams: connector.streams(),
      controlPlane,
      kinds: {
        cluster: statusOf(topics.cluster, awaited.count("cluster")),
        endpoint: statusOf(topics.endpoint, awaited.count("endpoint")),
        listener: statusOf(topics.listener, awaited.count("listener")),
        route: statusOf(topics.route, awaited.count("route")),
      },
    }),
    close() {
      if (closed) return;
      closed = true;
      connector.close();
      timers.cancelAll();
      for (const kind of kinds) topics[kind].channel.close();
    },
  };
}
