import type { Diagnostic } from "../../compiler/diag/index.ts";

/** What a stream tells; never from inside `connect`. `onEnd` is the last call, and comes once unless the client closed the stream. */
export interface StreamHandlers {
  /** Connected: requests go out. */
  onReady(): void;
  /** One response, as its bytes. They belong to the receiver until it returns. */
  onMessage(bytes: Buffer): void;
  onEnd(problem: Diagnostic): void;
}

export interface XdsStream {
  /** False when requests begin to queue up: wait for `onDrain`. */
  send(bytes: Uint8Array): boolean;
  onDrain(run: () => void): void;
  /** Stops reading, so that flow control holds the control plane back. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** One control plane. Each call of `connect` is a new connection, with credentials as they are on disk then. */
export interface XdsTransport {
  readonly address: string;
  connect(handlers: StreamHandlers): XdsStream;
  /** Whether the credentials on disk differ from those of the last `connect`: `all` of them, or those a running connection depends on. */
  credentialsChanged(which: "all" | "connection"): boolean;
}
