import type { Diagnostic } from "../../compiler/diag/index.ts";
import { protocolType } from "./protocol.ts";
import { detailOf } from "./report.ts";

/** The node, as it stands in the first request of a stream. */
export interface XdsNode {
  readonly id: string;
  readonly cluster?: string;
  /** A JSON object: protobuf Struct. */
  readonly metadata: JsonObject;
  readonly locality?: { readonly region?: string; readonly zone?: string; readonly sub_zone?: string };
  readonly userAgentName: string;
  readonly userAgentVersion: string;
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A request of state of the world; names are apart, as they are long and seldom change. */
export interface SotwRequest {
  readonly typeUrl: string;
  readonly node?: XdsNode | undefined;
  /** The last version that was accepted whole. */
  readonly version: string;
  /** Of the response that is answered; empty in a stream's first request of a type. */
  readonly nonce: string;
  readonly rejection?: readonly Diagnostic[] | undefined;
}

/** `names`: what encodeNames made. */
export function encodeSotw(request: SotwRequest, names: Uint8Array): Buffer {
  const head = protocolType("DiscoveryRequest")
    .encode({
      type_url: request.typeUrl,
      ...(request.node && { node: nodeMessage(request.node) }),
      ...(request.version !== "" && { version_info: request.version }),
      ...(request.nonce !== "" && { response_nonce: request.nonce }),
      ...(request.rejection && { error_detail: statusOf(request.rejection) }),
    })
    .finish();
  // The fields of a protobuf message may come in any order, so two encoded parts are one message.
  return Buffer.concat([head, names]);
}

/** The `resource_names` of a request. */
export function encodeNames(names: readonly string[]): Uint8Array {
  return protocolType("DiscoveryRequest").encode({ resource_names: names }).finish();
}

export interface DeltaRequest {
  readonly typeUrl: string;
  readonly node?: XdsNode | undefined;
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
  /** Version by name of what is held, in a stream's first request of a type. */
  readonly initialVersions?: Readonly<Record<string, string>>;
  readonly nonce?: string;
  readonly rejection?: readonly Diagnostic[] | undefined;
}

export function encodeDelta(request: DeltaRequest): Buffer {
  const { typeUrl, node, subscribe, unsubscribe, initialVersions, nonce, rejection } = request;
  const bytes = protocolType("DeltaDiscoveryRequest")
    .encode({
      type_url: typeUrl,
      ...(node && { node: nodeMessage(node) }),
      ...(subscribe && { resource_names_subscribe: subscribe }),
      ...(unsubscribe && { resource_names_unsubscribe: unsubscribe }),
      ...(initialVersions && { initial_resource_versions: initialVersions }),
      ...(nonce !== undefined && { response_nonce: nonce }),
      ...(rejection && { error_detail: statusOf(rejection) }),
    })
    .finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** google.rpc.Status; the code is INVALID_ARGUMENT, as gRPC's own client has it. */
function statusOf(diagnostics: readonly Diagnostic[]): object {
  return { code: 3, message: detailOf(diagnostics) };
}

function nodeMessage(node: XdsNode): object {
  return {
    id: node.id,
    ...(node.cluster !== undefined && { cluster: node.cluster }),
    metadata: structOf(node.metadata),
    ...(node.locality && { locality: node.locality }),
    user_agent_name: node.userAgentName,
    user_agent_version: node.userAgentVersion,
  };
}

function structOf(object: JsonObject): object {
  return { fields: Object.fromEntries(Object.entries(object).map(([key, value]) => [key, valueMessage(value)])) };
}

/** google.protobuf.Value, by protobufjs' names. */
function valueMessage(json: Json): object {
  if (json === null) return { nullValue: 0 };
  if (typeof json === "boolean") return { boolValue: json };
  if (typeof json === "number") return { numberValue: json };
  if (typeof json === "string") return { stringValue: json };
  if (isList(json)) return { listValue: { values: json.map(valueMessage) } };
  return { structValue: structOf(json) };
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
