import type { XdsKind, XdsRawResource } from "../../compiler/decode/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Body } from "../spill/index.ts";

export type { XdsKind };

/** State of the world (each request tells all names) or incremental. https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol */
export type XdsMode = "sotw" | "delta";

/**
 * What changed of one kind: resources whose bytes differ from those that were last handed out, and names that are gone. Apply it to the state
 * as it is; updates of one kind come in order. Bodies are the consumer's to keep; where their bytes are lost
 * (LostError), all of it is asked for again.
 */
export interface XdsUpdate {
  readonly kind: XdsKind;
  readonly typeUrl: string;
  /** `version_info` of the newest response in it; empty for names that were given up without a response. */
  readonly version: string;
  /** Form of the bytes; `json` comes from snapshots only. compiler/decode's `decodeResource` reads both. */
  readonly form: XdsRawResource["form"];
  readonly changed: ReadonlyMap<string, Body>;
  readonly removed: readonly string[];
  /**
   * Names whose newest version the client itself has refused. What was accepted of them stays; one that had not come yet is in `changed`, with the
   * XdsFallback in its place. Told once, until a version comes that is not refused. Default: none.
   */
  readonly refused?: readonly string[];
  /** When the response (the first, where several were merged) was received: the clock's milliseconds. */
  readonly receivedAt: number;
}

/**
 * What the consumer made of an update. `rejected` keeps the last good of `names` and takes the rest; without `names` nothing of the update
 * was taken. Of `lost` there is no last good: the one of an earlier process (XdsFallback) could not be used either. The diagnostics go to the
 * control plane as the NACK's error_detail.
 */
export type XdsVerdict =
  | { readonly kind: "accepted" }
  | {
      readonly kind: "rejected";
      readonly diagnostics: readonly Diagnostic[];
      readonly names?: readonly string[];
      readonly lost?: readonly string[];
    };

/**
 * The version of a resource that an earlier process accepted last, where the consumer goes back to it if it, or the client, rejects the first
 * version that comes now. It is asked when that version comes.
 */
export type XdsFallback = (kind: XdsKind, name: string) => XdsRawResource | undefined;

/** Where the connection is. `problem` is why the last one ended, or could not be made. */
export type XdsConnection =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "connected" }
  | { readonly kind: "waiting"; readonly attempt: number; readonly retryMs: number; readonly problem: Diagnostic }
  | { readonly kind: "closed" };

export interface XdsEvents {
  /**
   * Called without waiting for earlier verdicts, as a change of endpoints must not wait for a structural one; a verdict may come at any time
   * and in any order. A promise that rejects, or a throw, counts as a rejection of the whole update (KM7021).
   */
  onUpdate(update: XdsUpdate): XdsVerdict | Promise<XdsVerdict>;
  /** `XdsSource.settled` has become true. */
  onSettled?(): void;
  onConnection?(connection: XdsConnection): void;
  /** What the client itself has to say: limits, a control plane that breaks the protocol, files that can't be read. */
  onDiagnostic?(diagnostic: Diagnostic): void;
}

/** What a client and a snapshot watcher have in common. */
export interface XdsSource {
  /** Accepted resources by name. Read it, don't keep it: it changes. */
  held(kind: XdsKind): ReadonlyMap<string, Uint8Array>;
  /**
   * Whether everything that was asked for has been answered (or given up after `answerTimeoutMs`) and handed out. A generation that is built
   * before would lack listeners, or send traffic to clusters without endpoints: make it before you break the old one, wait for `onSettled`.
   */
  settled(): boolean;
  /**
   * Whether a resource of this name, which has not come, may be there all the same: its kind was not answered yet (or with nothing that the
   * client could take), or it is referred to. When `settled`, what is not expected is not there.
   */
  expects(kind: XdsKind, name: string): boolean;
  /**
   * Asks for everything again. Not `settled` until all of it has come: what comes by itself meanwhile is a part, and a mesh of it would lack
   * the rest.
   *
   * @param why in words, of the first who asks
   */
  startOver(why: string): void;
  /** No event comes after it. */
  close(): void;
}

export interface XdsClient extends XdsSource {
  status(): XdsStatus;
}

export interface XdsStatus {
  readonly connection: XdsConnection;
  /** Of the connection's present state: the clock's milliseconds. */
  readonly since: number;
  /** Streams that the control plane answered, over the client's life. */
  readonly streams: number;
  /** `control_plane.identifier` of the last response: which istiod. */
  readonly controlPlane: string;
  readonly kinds: Readonly<Record<XdsKind, XdsKindStatus>>;
}

export interface XdsKindStatus {
  /** The last version that was accepted whole. */
  readonly version: string;
  readonly held: number;
  readonly heldBytes: number;
  /** Names subscribed to; 0 for kinds that are subscribed to as a whole. */
  readonly subscribed: number;
  readonly awaited: number;
  /** Updates without a verdict. */
  readonly inFlight: number;
  readonly responses: number;
  readonly updates: number;
  readonly acks: number;
  readonly nacks: number;
  /** Resources that came for names not subscribed to (any more), and resources with the bytes they had. */
  readonly ignored: number;
  readonly unchanged: number;
  /** Why the last NACK was sent; empty after an ACK. */
  readonly lastRejection: readonly Diagnostic[];
}
