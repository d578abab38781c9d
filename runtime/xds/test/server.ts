/**
 * A control plane in this process, over real gRPC: streams whose requests a test reads and whose responses it writes, in any order, right or
 * wrong. `plane.ts` is one that behaves.
 */
import { type Metadata, Server, ServerCredentials, type ServerDuplexStream, type status } from "@grpc/grpc-js";
import { methods } from "../protocol.ts";
import type { XdsMode } from "../types.ts";
import { decodeRequest, type Request, type ResponseParts, response } from "./messages.ts";

export interface AdsStream {
  readonly mode: XdsMode;
  readonly metadata: Metadata;
  /** All requests so far. */
  readonly requests: readonly Request[];
  /** The next request that was not taken yet and fits; the ones before it are dropped. Rejects when the stream ends before it. */
  next(fits?: (request: Request) => boolean): Promise<Request>;
  /** Called with every request from now on, and with those that came before. */
  onRequest(run: (request: Request) => void): void;
  respond(parts: ResponseParts): void;
  /** Sends bytes as a response. */
  send(bytes: Uint8Array): void;
  end(): void;
  fail(code: status, details: string): void;
  /** Resolves when the client has gone. */
  readonly over: Promise<void>;
}

export interface AdsServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** The next stream. */
  accept(): Promise<AdsStream>;
  /** Called with every stream; `accept` has none then. */
  onStream(run: (stream: AdsStream) => void): void;
  /** Breaks all connections. */
  close(): void;
}

export interface AdsServerOptions {
  /** PEM. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** 0, the default: any. */
  readonly port?: number;
  /** Methods that are there; both by default. */
  readonly modes?: readonly XdsMode[];
  /** Refuses a stream by its metadata: `[code, details]`. */
  readonly refuse?: (metadata: Metadata) => readonly [status, string] | undefined;
}

export async function startAdsServer(options: AdsServerOptions = {}): Promise<AdsServer> {
  const { tls, port = 0, modes = ["sotw", "delta"], refuse } = options;
  const server = new Server({ "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 });
  const arrived: AdsStream[] = [];
  const waiting: ((stream: AdsStream) => void)[] = [];
  let onStream: ((stream: AdsStream) => void) | undefined;
  for (const mode of modes) {
    const handle = (call: ServerDuplexStream<Buffer, Buffer>): void => {
      const refusal = refuse?.(call.metadata);
      if (refusal) {
        call.emit("error", { code: refusal[0], details: refusal[1] });
        return;
      }
      const stream = streamOf(call, mode);
      if (onStream) onStream(stream);
      else {
        const accept = waiting.shift();
        if (accept) accept(stream);
        else arrived.push(stream);
      }
    };
    const identity = (bytes: Buffer): Buffer => bytes;
    server.register(methods[mode], handle, identity, identity, "bidi");
  }
  const credentials = tls
    ? ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }])
    : ServerCredentials.createInsecure();
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, number) => (error ? reject(error) : resolve(number)));
  });
  return {
    address: `127.0.0.1:${bound}`,
    accept() {
      const stream = arrived.shift();
      return stream ? Promise.resolve(stream) : new Promise((resolve) => waiting.push(resolve));
    },
    onStream(run) {
      onStream = run;
      for (const stream of arrived.splice(0)) run(stream);
    },
    close: () => server.forceShutdown(),
  };
}

function streamOf(call: ServerDuplexStream<Buffer, Buffer>, mode: XdsMode): AdsStream {
  const requests: Request[] = [];
  let taken = 0;
  let isOver = false;
  const lookers = new Set<() => void>();
  const listeners: ((request: Request) => void)[] = [];
  call.on("data", (bytes: Buffer) => {
    const request = decodeRequest(mode, bytes);
    requests.push(request);
    for (const look of [...lookers]) look();
    for (const run of listeners) run(request);
  });
  const over = new Promise<void>((resolve) => {
    const finish = (): void => {
      isOver = true;
      for (const look of [...lookers]) look();
      resolve();
    };
    call.on("end", () => {
      call.end();
      finish();
    });
    call.on("cancelled", finish);
    call.on("error", finish);
  });
  return {
    mode,
    metadata: call.metadata,
    requests,
    next(fits = () => true) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          while (taken < requests.length) {
            const request = requests[taken++]!;
            if (!fits(request)) continue;
            lookers.delete(look);
            resolve(request);
            return;
          }
          if (isOver) reject(new Error("the stream is over"));
        };
        lookers.add(look);
        look();
      });
    },
    onRequest(run) {
      listeners.push(run);
      for (const request of requests) run(request);
    },
    respond: (parts) => void call.write(response(mode, parts)),
    send: (bytes) => void call.write(Buffer.from(bytes)),
    end: () => call.end(),
    fail: (code, details) => void call.emit("error", { code, details }),
    over,
  };
}
