/**
 * A control plane of a mesh that changes. It answers the first request of each type with all of it, and reads no more of later ones than what
 * they answer: in state of the world each names every resource again, and to decode that would be most of what a benchmark measures.
 */
import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import protobuf from "protobufjs/light.js";
import type { XdsKind } from "../../../compiler/decode/index.ts";
import { discoveryTag, kindOfUrl, methods } from "../../../runtime/xds/protocol.ts";
import { response } from "../../../runtime/xds/test/messages.ts";
import type { XdsMode } from "../../../runtime/xds/types.ts";

/** Bytes by name. */
export type Resources = Readonly<Record<string, Buffer>>;

export interface ChangingPlane {
  readonly address: string;
  /** Sends a response with these resources, which must be all in state of the world where the kind is asked for as a whole. */
  send(kind: XdsKind, resources: Resources): void;
  /** Responses of a kind that were not answered yet. */
  unanswered(kind: XdsKind): number;
  rejections(): number;
  /** Resolves as soon as it is true; looked at with each answer. */
  until(isTrue: () => boolean): Promise<void>;
}

/** What is read of a request. */
interface Answer {
  readonly kind: XdsKind;
  /** Empty: it answers nothing. */
  readonly nonce: string;
  readonly isRejection: boolean;
}

export async function startChangingPlane(mesh: Readonly<Record<XdsKind, Resources>>): Promise<ChangingPlane> {
  const server = new Server({ "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 });
  const sent = new Map<XdsKind, number>();
  const answered = new Map<XdsKind, number>();
  const lookers = new Set<() => void>();
  let rejections = 0;
  let respond: ((kind: XdsKind, resources: Resources) => void) | undefined;

  const onStream = (call: ServerDuplexStream<Buffer, Buffer>, mode: XdsMode): void => {
    const write = (kind: XdsKind, resources: Resources): void => {
      const nonce = (sent.get(kind) ?? 0) + 1;
      sent.set(kind, nonce);
      call.write(response(mode, { kind, version: String(nonce), nonce: String(nonce), resources }));
    };
    respond = write;
    call.on("data", (bytes: Buffer) => {
      const { kind, nonce, isRejection } = readAnswer(bytes, mode);
      if (!sent.has(kind)) write(kind, mesh[kind]);
      if (nonce === "") return;
      if (isRejection) rejections += 1;
      // Where many answers wait to be sent, the newest of state of the world stands for all.
      answered.set(kind, Number(nonce));
      for (const look of [...lookers]) look();
    });
    call.on("end", () => call.end());
    call.on("error", () => {});
  };
  const identity = (bytes: Buffer): Buffer => bytes;
  for (const mode of ["sotw", "delta"] as const) {
    server.register(methods[mode], (call: ServerDuplexStream<Buffer, Buffer>) => onStream(call, mode), identity, identity, "bidi");
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    address: `127.0.0.1:${port}`,
    send(kind, resources) {
      if (!respond) throw new Error("no daemon is connected");
      respond(kind, resources);
    },
    unanswered: (kind) => (sent.get(kind) ?? 0) - (answered.get(kind) ?? 0),
    rejections: () => rejections,
    until: (isTrue) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isTrue()) return;
          lookers.delete(look);
          resolve();
        };
        lookers.add(look);
        look();
      }),
  };
}

function readAnswer(request: Buffer, mode: XdsMode): Answer {
  const message = mode === "sotw" ? "DiscoveryRequest" : "DeltaDiscoveryRequest";
  const tags = {
    typeUrl: discoveryTag(message, "type_url"),
    nonce: discoveryTag(message, "response_nonce"),
    error: discoveryTag(message, "error_detail"),
  };
  const reader = protobuf.Reader.create(request);
  const answer = { typeUrl: "", nonce: "", isRejection: false };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === tags.typeUrl) answer.typeUrl = reader.string();
    else if (tag === tags.nonce) answer.nonce = reader.string();
    else {
      if (tag === tags.error) answer.isRejection = true;
      reader.skipType(tag & 7);
    }
  }
  const kind = kindOfUrl(answer.typeUrl);
  if (!kind) throw new Error(`a request for ${answer.typeUrl}`);
  return { kind, nonce: answer.nonce, isRejection: answer.isRejection };
}
