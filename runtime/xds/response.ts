import protobuf from "protobufjs/light.js";
import { protoFieldId, type XdsKind } from "../../compiler/decode/index.ts";
import type { XdsLimits } from "./limits.ts";
import { discoveryTag, lengthTag, messageTypes } from "./protocol.ts";
import type { XdsMode } from "./types.ts";

/** A resource of a response; its bytes are a view of the response's. */
export interface ReceivedResource {
  /** Of the wrapper, or of the resource itself; empty if there is none. Names that are too long are cut and marked. */
  readonly name: string;
  /** The resource's own, where the wrapper's differs. */
  readonly innerName?: string;
  readonly nameTooLong: boolean;
  /** Of delta; empty in state of the world. */
  readonly version: string;
  readonly typeUrl: string;
  readonly bytes: Buffer;
  /** Which one of the response it is, from 0. */
  readonly place: number;
}

/** A response, taken apart and not decoded. */
export interface ReceivedResponse {
  readonly typeUrl: string;
  readonly version: string;
  readonly nonce: string;
  readonly controlPlane: string;
  readonly resources: readonly ReceivedResource[];
  readonly removed: readonly string[];
  /** There were more resources than the limit; the lists are cut. */
  readonly overflows: boolean;
}

/**
 * Takes a response apart. Counts before it allocates: a few megabytes of protobuf can name millions of empty resources. Throws on bytes that are
 * no response (RangeError or Error, by protobufjs). What `isKnown` takes is left out of the resources: it is asked of each, in their order, with
 * the place of its bytes.
 */
export function readResponse(
  bytes: Buffer,
  mode: XdsMode,
  limits: Pick<XdsLimits, "resources" | "nameBytes">,
  isKnown: (start: number, end: number) => boolean = () => false,
): ReceivedResponse {
  const tags = tagsOf(mode);
  const reader = protobuf.Reader.create(bytes);
  const response = { typeUrl: "", version: "", nonce: "", controlPlane: "", overflows: false };
  const resources: ReceivedResource[] = [];
  const removed: string[] = [];
  let places = 0;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag) {
      case tags.version:
        response.version = token("version", reader.string(), limits);
        break;
      case tags.typeUrl:
        response.typeUrl = reader.string();
        break;
      case tags.nonce:
        response.nonce = token("nonce", reader.string(), limits);
        break;
      case tags.controlPlane:
        response.controlPlane = textField(bytesOf(reader), tags.identifier);
        break;
      case tags.resources:
        if (places < limits.resources) {
          const length = reader.uint32();
          const start = reader.pos;
          reader.skip(length);
          if (!isKnown(start, reader.pos)) {
            const part = bytes.subarray(start, reader.pos);
            resources.push(mode === "delta" ? readWrapper(part, places, limits) : readAny(part, places, limits));
          }
          places += 1;
        } else {
          response.overflows = true;
          reader.skipType(2);
        }
        break;
      case tags.removed:
        if (removed.length < limits.resources) removed.push(reader.string());
        else {
          response.overflows = true;
          reader.skipType(2);
        }
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return { ...response, resources, removed };
}

/** The type of a response's resources, before it is read. Throws as readResponse does. */
export function typeUrlIn(response: Buffer, mode: XdsMode): string {
  return textField(response, tagsOf(mode).typeUrl);
}

/** It is kept and sent back, so it has a limit. */
function token(what: string, text: string, { nameBytes }: Pick<XdsLimits, "nameBytes">): string {
  if (Buffer.byteLength(text) > nameBytes) throw new RangeError(`its ${what} has more than ${nameBytes} bytes`);
  return text;
}

interface Tags {
  readonly version: number;
  readonly typeUrl: number;
  readonly nonce: number;
  readonly controlPlane: number;
  readonly resources: number;
  /** -1 where there is none. */
  readonly removed: number;
  readonly identifier: number;
}

const tagsByMode = new Map<XdsMode, Tags>();

function tagsOf(mode: XdsMode): Tags {
  let tags = tagsByMode.get(mode);
  if (!tags) {
    const message = mode === "delta" ? "DeltaDiscoveryResponse" : "DiscoveryResponse";
    tags = {
      version: discoveryTag(message, mode === "delta" ? "system_version_info" : "version_info"),
      typeUrl: discoveryTag(message, "type_url"),
      nonce: discoveryTag(message, "nonce"),
      controlPlane: discoveryTag(message, "control_plane"),
      resources: discoveryTag(message, "resources"),
      removed: mode === "delta" ? discoveryTag(message, "removed_resources") : -1,
      identifier: lengthTag("envoy.config.core.v3.ControlPlane", "identifier"),
    };
    tagsByMode.set(mode, tags);
  }
  return tags;
}

const wrapperType = "envoy.service.discovery.v3.Resource";
const anyUrlTag = 10;
const anyValueTag = 18;
/** All four kinds of resource have their name in field 1 (checked where the tags are first used). */
const nameTag = 10;

function readAny(any: Buffer, place: number, limits: Pick<XdsLimits, "nameBytes">): ReceivedResource {
  const { typeUrl, bytes } = anyOf(any);
  if (typeUrl.endsWith(`/${wrapperType}`)) return readWrapper(bytes, place, limits);
  const name = nameOf(bytes);
  const nameTooLong = Buffer.byteLength(name) > limits.nameBytes;
  return { name: nameTooLong ? name.slice(0, shownName) : name, nameTooLong, version: "", typeUrl, bytes, place };
}

/** How much of a name that is too long is told. */
const shownName = 64;

function anyOf(any: Buffer): { readonly typeUrl: string; readonly bytes: Buffer } {
  const reader = protobuf.Reader.create(any);
  let typeUrl = "";
  let bytes = any.subarray(0, 0);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === anyUrlTag) typeUrl = reader.string();
    else if (tag === anyValueTag) bytes = bytesOf(reader);
    else reader.skipType(tag & 7);
  }
  return { typeUrl, bytes };
}

/** A resource in its wrapper, which names it and gives its version. */
function readWrapper(wrapper: Buffer, place: number, limits: Pick<XdsLimits, "nameBytes">): ReceivedResource {
  wrapperTags ??= {
    name: discoveryTag("Resource", "name"),
    version: discoveryTag("Resource", "version"),
    resource: discoveryTag("Resource", "resource"),
  };
  const reader = protobuf.Reader.create(wrapper);
  let name = "";
  let version = "";
  let inner = { typeUrl: "", bytes: wrapper.subarray(0, 0) };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === wrapperTags.name) name = reader.string();
    else if (tag === wrapperTags.version) version = reader.string();
    else if (tag === wrapperTags.resource) inner = anyOf(bytesOf(reader));
    else reader.skipType(tag & 7);
  }
  const innerName = nameOf(inner.bytes);
  if (name === "") name = innerName;
  const nameTooLong = Buffer.byteLength(name) > limits.nameBytes;
  return {
    name: nameTooLong ? name.slice(0, shownName) : name,
    ...(innerName !== name && inner.typeUrl !== "" && { innerName: innerName.slice(0, shownName) }),
    nameTooLong,
    version,
    place,
    ...inner,
  };
}

let wrapperTags: { readonly name: number; readonly version: number; readonly resource: number } | undefined;

/** A resource that breaks on the way to its name has none. */
function nameOf(resource: Buffer): string {
  try {
    return textField(resource, nameTag);
  } catch {
    return "";
  }
}

/** The first field of this tag, which is a string; empty if there is none. */
function textField(message: Buffer, wanted: number): string {
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === wanted) return reader.string();
    reader.skipType(tag & 7);
  }
  return "";
}

function bytesOf(reader: protobuf.Reader): Buffer {
  return reader.bytes() as Buffer;
}

/** For a test: the field that names a resource. */
export function nameFieldId(kind: XdsKind): number {
  return protoFieldId(messageTypes[kind], kind === "endpoint" ? "cluster_name" : "name");
}
