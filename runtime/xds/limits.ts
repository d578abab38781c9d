/** What a control plane, broken or hostile, can make the client hold and do. Past a limit the last good stays and a diagnostic tells. */
export interface XdsLimits {
  /** Bytes of one response, compressed or not. Past it the stream is closed (KM7006). 10,000 services of Istio are 17 MB of clusters. */
  readonly messageBytes: number;
  /** Resources of one kind, in one response and held (KM7016), and names subscribed to (KM7018). */
  readonly resources: number;
  /** UTF-8 bytes of a resource's name (KM7013). */
  readonly nameBytes: number;
  /** Bytes of one kind held: accepted, and waiting for a verdict (KM7017). */
  readonly heldBytes: number;
  /** Responses a second; past it the stream is not read until there is room again: the control plane is slowed down, nothing is lost. */
  readonly responsesPerSecond: number;
  /** Updates of one kind handed out a second; past it, changes are merged by name, newest wins (KM7020). */
  readonly updatesPerSecond: number;
  /** Updates of one kind without a verdict; past it, changes are merged in the same way. */
  readonly updatesInFlight: number;
  /** Rejections a second; past it the newest of a kind is sent later. Some control planes answer a rejection with what was rejected, at once. */
  readonly rejectionsPerSecond: number;
  /** Requests that a control plane that does not read may leave unsent before the stream is closed (KM7008). */
  readonly unsentRequests: number;
}

export const defaultLimits: XdsLimits = {
  messageBytes: 128 * 2 ** 20,
  resources: 200_000,
  nameBytes: 4096,
  heldBytes: 512 * 2 ** 20,
  responsesPerSecond: 2000,
  updatesPerSecond: 1000,
  updatesInFlight: 64,
  rejectionsPerSecond: 10,
  unsentRequests: 10_000,
};

/** Times in milliseconds. */
export interface XdsTimes {
  /** First delay after a failure; it doubles up to `backoffMaxMs`, each with the upper half left to chance. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** A stream that lived this long, and gave a response, resets the back-off. */
  readonly stableMs: number;
  /** After it a request counts as answered by nothing, as Envoy's initial_fetch_timeout: KM7007. */
  readonly answerTimeoutMs: number;
  /** Names that the control plane may think it has answered (doubts.ts) are asked for again after this time. */
  readonly retryNamesMs: number;
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
  credentialRetryMs: 1000,
  credentialPollMs: 30_000,
};
