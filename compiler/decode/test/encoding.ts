/** proto3 JSON to wire bytes by protobufjs, which is not what the reader under test uses. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import protobuf from "protobufjs";
import { packageRoot } from "../../package-root.ts";

const require = createRequire(import.meta.url);
const { install } = require("protobufjs/ext/protojson.js") as { install(target: typeof protobuf): void };
install(protobuf);

const root = protobuf.Root.fromJSON(
  JSON.parse(readFileSync(join(packageRoot, "compiler/decode/gen/protos.json"), "utf8")) as protobuf.INamespace,
);

interface JsonType {
  fromJson(json: unknown): protobuf.Message;
}

/** Throws where protobufjs can't: an Any of an unknown type, a form that only Envoy takes. */
export function encodeJson(type: string, json: unknown): Uint8Array {
  const message = root.lookupType(type);
  return message.encode((message as unknown as JsonType).fromJson(json)).finish();
}

/** A DiscoveryResponse of resources in JSON. */
export function encodeResponse(resources: readonly object[], typeUrl = ""): Uint8Array {
  return encodeJson("envoy.service.discovery.v3.DiscoveryResponse", {
    version_info: "1",
    resources,
    ...(typeUrl !== "" && { type_url: typeUrl }),
  });
}

/** Field number and bytes, as a length-delimited field. */
export function field(id: number, content: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([varint((id << 3) | 2), varint(bytes.length), bytes]);
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A response that holds one resource of these bytes. */
export function responseOf(type: string, bytes: Uint8Array): Uint8Array {
  return field(2, Buffer.concat([field(1, `type.googleapis.com/${type}`), field(2, bytes)]));
}
