/** What a control plane, broken or hostile, can make the client hold and do. Past a limit the last good stays and a diagnostic tells. */
export interface XdsLimits {
  /** Bytes of one response, compressed or not. Past it the stream is closed (KM7006). 10,000 services of Istio are 17 MB of clusters. */
  readonly messageBytes: number;
  /** Resources of one kind, in one response and held (KM7016), and names subscribed to (KM7018). */
  readonly resources: number;
  /** UTF-8 bytes of a resource's name (KM7013), and of a response's nonce and version (KM7005). */
  readonly nameBytes: number;
  /** Bytes of one kind held: accepted, and waiting for a verdict (KM7017). */
  readonly heldBytes: number;
  /** Responses a second; past it the stream is not read until there is room again: the control plane is slowed down, nothing is lost. */
  readonly responsesPerSecond: number;
  /** Updates of one kind handed out a second; past it, changes are merged by name, newest wins (KM7020). */
  readonly updatesPerSecond: number;
  /** Updates of one kind without a verdict; past it, changes are merged in the same way. */
  readonly updatesInFlight: number;
  /** Bytes kept for answers of one kind that wait for a verdict: nonces and names. Past it the stream is closed (KM7022). */
  readonly unansweredBytes: number;
  /** Rejections a second; past it the newest of a kind is sent later. Some control planes answer a rejection with what was rejected, at once. */
  readonly rejectionsPerSecond: number;
  /** Requests that a control plane that does not read may leave unsent before the stream is closed (KM7008). */
  readonly unsentRequests: number;
}

/** A limit as docs/limits.md tells it. */
export interface LimitSpec {
  readonly value: number;
  readonly what: string;
  /** What happens past it. */
  readonly past: string;
  /** Option of `kmesh-daemon run` that changes it. */
  readonly option?: string;
}

/** Each limit, declared once. */
export const xdsLimitSpecs: Readonly<Record<keyof XdsLimits, LimitSpec>> = {
  messageBytes: {
    value: 128 * 2 ** 20,
    what: "bytes of one response, compressed or not",
    past: "the stream is closed and opened again (KM7006)",
    option: "--max-message-bytes",
  },
  resources: {
    value: 200_000,
    what: "resources of one kind in one response and held; names subscribed to",
    past: "the response is rejected, or what is too much of it (KM7016); names are not asked for (KM7018)",
    option: "--max-resources",
  },
  nameBytes: {
    value: 4096,
    what: "bytes of a resource's name, and of a response's nonce and version",
    past: "the resource is left out (KM7013); the stream is closed (KM7005)",
  },
  heldBytes: {
    value: 512 * 2 ** 20,
    what: "bytes of the accepted resources of one kind",
    past: "what is too much is rejected (KM7017)",
    option: "--max-held-bytes",
  },
  responsesPerSecond: {
    value: 2000,
    what: "responses a second",
    past: "the stream is not read for a while: the control plane is slowed down",
  },
  updatesPerSecond: { value: 1000, what: "updates of one kind a second", past: "changes are merged by name, the newest wins (KM7020)" },
  updatesInFlight: { value: 64, what: "updates of one kind without a verdict", past: "changes are merged in the same way (KM7020)" },
  unansweredBytes: {
    value: 64 * 2 ** 20,
    what: "bytes kept for answers of one kind that wait for a verdict",
    past: "the stream is closed and opened again (KM7022)",
  },
  rejectionsPerSecond: { value: 10, what: "NACKs a second", past: "the newest of a kind is sent later" },
  unsentRequests: {
    value: 10_000,
    what: "requests that a control plane leaves unread",
    past: "the stream is closed and opened again (KM7008)",
  },
};

export const defaultLimits: XdsLimits = Object.fromEntries(
  Object.entries(xdsLimitSpecs).map(([name, { value }]) => [name, value]),
) as unknown as XdsLimits;

/** Times in milliseconds. */
export interface XdsTimes {
  /** First delay after a failure; it doubles up to `backoffMaxMs`, each with the upper half left to chance. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** A stream that lived this long, and gave a response, resets the back-off. */
  readonly stableMs: number;
  /** After it a request counts as answered by nothing, as Envoy's initial_fetch_timeout: KM7007. */
  readonly answerTimeoutMs: number;
  /** Names that the control plane may think it has answered (doubts.ts) are asked for again after this time, and each time after twice as long. */
  readonly retryNamesMs: number;
  readonly retryNamesMaxMs: number;
  /** `XdsSource.startOver` waits this long, so that what the control plane is to be told is sent before. */
  readonly startOverMs: number;
  /** How often the files of the credentials are looked at while a retry waits, and while connected. */
  readonly credentialRetryMs: number;
  readonly credentialPollMs: number;
}

export const defaultTimes: XdsTimes = {
  backoffMs: 500,
  backoffMaxMs: 30_000,
  stableMs: 10_000,
  answerTimeoutMs: 15_000,
  retryNamesMs: 1000,
  retryNamesMaxMs: 300_000,
  startOverMs: 1000,
  credentialRetryMs: 1000,
  credentialPollMs: 30_000,
};
