import type { DiagnosticSink } from "../diag/index.ts";

/**
 * A decoded protobuf message: snake_case proto field names, only fields that were set (wrappers, messages, oneofs, repeated) or are not
 * the proto3 default. Values by proto type:
 *   bool -> boolean; string -> string; 32-bit integers, float, double -> number; 64-bit integers -> bigint; bytes -> Uint8Array;
 *   enum -> its value's name (`ROUND_ROBIN`), an unknown number stays a number; repeated -> array; map -> object without prototype;
 *   google.protobuf.*Value wrappers -> the bare value; Duration -> number of milliseconds (fraction kept);
 *   Struct/Value/ListValue -> plain JSON; Any -> XdsAny. Both inputs (wire bytes and JSON) give the same object.
 */
export interface XdsMessage {
  readonly [field: string]: XdsValue | undefined;
}
/** `null` occurs only inside a Struct or Value. */
export type XdsValue = null | boolean | string | number | bigint | Uint8Array | readonly XdsValue[] | XdsMessage | XdsAny;

/** An Any. `value` is absent when the type is not one we read: the reader has already put a diagnostic for it where it matters. */
export interface XdsAny {
  /** Full name without host: `envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy`. */
  readonly any: string;
  readonly value?: XdsMessage;
}

export type XdsKind = "listener" | "route" | "cluster" | "endpoint";

/** One resource as it was received: the message's bytes, or its proto3 JSON in UTF-8. Names come from the wrapper or from the message. */
export interface XdsRawResource {
  readonly kind: XdsKind;
  readonly name: string;
  readonly form: "protobuf" | "json";
  readonly bytes: Uint8Array;
}

/** One resource that decoded without error. `path` is its root: `listeners["name"]`, `routes["9080"]`, `clusters["c"]`, `endpoints["c"]`. */
export interface XdsResource {
  readonly kind: XdsKind;
  readonly name: string;
  readonly path: string;
  readonly message: XdsMessage;
}

/** One consistent set of resources. Each list is sorted by name; a name occurs once (a second one is a diagnostic). */
export interface XdsSnapshot {
  readonly listeners: readonly XdsResource[];
  readonly routes: readonly XdsResource[];
  readonly clusters: readonly XdsResource[];
  readonly endpoints: readonly XdsResource[];
}

/** How a field that is set is treated. Declared per message in support/; the reader obeys it and docs/xds-support.md prints it. */
export type FieldSupport =
  /** Read and obeyed; message-typed fields are descended into. */
  | { readonly kind: "honoured" }
  /** Setting it rejects the resource. */
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly hint: string }
  /** Setting it leaves that traffic to a proxy or the relay; the value is decoded so that resolve can place the punt. */
  | { readonly kind: "punt"; readonly code: string; readonly message: string; readonly hint: string }
  /** No effect here; reported once per kind; the value is not kept, unless it says so. Where it is no message its form and rules are checked all the same. */
  | {
      readonly kind: "note";
      readonly code: string;
      readonly message: string;
      /** Kept all the same: Envoy refuses some values together with other fields, which resolve has to know. */
      readonly kept?: true;
    };

export type MessageSupport = Readonly<Record<string, FieldSupport>>;

/** A piece of input; the name is only used to order pieces and to name them in diagnostics. */
export interface XdsFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * What decode gives: the snapshot, and in `sink` everything that was not taken. Several files are one state-of-the-world sequence in the
 * order of their names.
 * @param onDecoded gets each resource of the snapshot as soon as it is there, and may let go of its message
 */
export type DecodeSnapshot = (files: readonly XdsFile[], sink: DiagnosticSink, onDecoded?: (resource: XdsResource) => void) => XdsSnapshot;
