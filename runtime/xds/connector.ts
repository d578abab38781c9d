import type { Diagnostic } from "../../compiler/diag/index.ts";
import { createBackoff } from "./backoff.ts";
import type { Timers, XdsClock } from "./clock.ts";
import type { XdsLimits, XdsTimes } from "./limits.ts";
import { createOutbox } from "./outbox.ts";
import { createRateLimit } from "./rate.ts";
import type { XdsTransport } from "./transport.ts";
import type { XdsConnection, XdsKind, XdsMode } from "./types.ts";

/** Keeps a stream open: one after the other, with pauses that grow while they fail. */
export interface Connector {
  start(): void;
  state(): XdsConnection;
  since(): number;
  /** Streams that were answered. */
  streams(): number;
  /** Whether requests go out: from before the control plane has answered, which takes a token or refuses it. */
  isOpen(): boolean;
  /** Whether the stream has not had a request yet. */
  isFresh(): boolean;
  send(kind: XdsKind, requests: readonly Uint8Array[], isRejection?: boolean): void;
  /** Counts a response that was one: a stream that gives none is not connected, and not a stable one. */
  count(): void;
  /** Ends the stream from our side, for a reason; the next one follows after a pause. */
  breakOff(problem: Diagnostic): void;
  close(): void;
}

export interface ConnectorContext {
  readonly transport: XdsTransport;
  readonly mode: XdsMode;
  readonly clock: XdsClock;
  readonly timers: Timers;
  readonly limits: XdsLimits;
  readonly times: XdsTimes;
  onReady(): void;
  onMessage(bytes: Buffer): void;
  /** The stream is gone, and all that was said on it. */
  onLost(): void;
  onState(state: XdsConnection): void;
}

export function createConnector(context: ConnectorContext): Connector {
  const { transport, clock, timers, limits, times } = context;
  const backoff = createBackoff(times, clock);
  const reading = createRateLimit(limits.responsesPerSecond, clock);
  let state: XdsConnection = { kind: "connecting", attempt: 0 };
  let since = clock.now();
  let streams = 0;
  let link: ReturnType<typeof open> | undefined;

  const enter = (next: XdsConnection): void => {
    state = next;
    since = clock.now();
    context.onState(next);
  };

  const open = () => {
    // What an old stream still says is not heard.
    const isMine = (): boolean => link === mine;
    const stream = transport.connect({
      onReady: () => isMine() && onReady(),
      onMessage: (bytes) => isMine() && onMessage(bytes),
      onEnd: (problem) => isMine() && onEnd(problem),
    });
    const mine = { stream, outbox: createOutbox(stream, context), openedAt: clock.now(), isOpen: false, requests: 0, responses: 0 };
    return mine;
  };

  const connect = (): void => {
    timers.cancel("credentials");
    timers.cancel("retry");
    enter({ kind: "connecting", attempt: backoff.attempts() });
    if (state.kind !== "closed") link = open();
  };

  const onReady = (): void => {
    link!.openedAt = clock.now();
    link!.isOpen = true;
    watchCredentials();
    context.onReady();
  };

  const onMessage = (bytes: Buffer): void => {
    const { stream } = link!;
    if (!reading.take()) {
      stream.pause();
      timers.set("read", reading.wait(), () => stream.resume());
    }
    context.onMessage(bytes);
  };

  const onEnd = (problem: Diagnostic): void => {
    if (link && link.responses > 0 && clock.now() - link.openedAt >= times.stableMs) backoff.reset();
    leave();
    const retryMs = backoff.next();
    timers.set("retry", retryMs, connect);
    retryOnCredentials();
    enter({ kind: "waiting", attempt: backoff.attempts(), retryMs, problem });
  };

  const leave = (): void => {
    link = undefined;
    timers.cancel("credentials");
    timers.cancel("read");
    timers.cancel("rejections");
    context.onLost();
  };

  /** New credentials may be what the last attempt lacked. */
  const retryOnCredentials = (): void => {
    timers.set("credentials", times.credentialRetryMs, () => (transport.credentialsChanged("all") ? connect() : retryOnCredentials()));
  };

  /** A rotated root certificate means that the old one is not to be trusted any more: connect anew, with what is held. */
  const watchCredentials = (): void => {
    timers.set("credentials", times.credentialPollMs, () => {
      if (!transport.credentialsChanged("connection")) {
        watchCredentials();
        return;
      }
      link?.stream.close();
      leave();
      connect();
    });
  };

  const breakOff = (problem: Diagnostic): void => {
    if (!link) return;
    link.stream.close();
    onEnd(problem);
  };

  return {
    // The consumer's own state may not be ready before the client is in its hands.
    start: () => timers.set("retry", 0, connect),
    state: () => state,
    since: () => since,
    streams: () => streams,
    isOpen: () => link?.isOpen === true,
    isFresh: () => link?.requests === 0,
    send(kind, requests, isRejection = false) {
      if (!link?.isOpen) return;
      link.requests += requests.length;
      if (link.outbox.send(kind, requests, isRejection)) return;
      breakOff(problemOf(transport, "KM7008", `${limits.unsentRequests} requests wait to be read`));
    },
    count() {
      if (!link) return;
      link.responses += 1;
      if (link.responses > 1) return;
      streams += 1;
      enter({ kind: "connected" });
    },
    breakOff,
    close() {
      link?.stream.close();
      link = undefined;
      state = { kind: "closed" };
      since = clock.now();
    },
  };
}

/** Something wrong with the control plane as a whole. */
export function problemOf(transport: Pick<XdsTransport, "address">, code: string, message: string, hint?: string): Diagnostic {
  return { code, severity: "error", path: `xds[${JSON.stringify(transport.address)}]`, message, ...(hint !== undefined && { hint }) };
}
