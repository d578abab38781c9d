import { Metadata } from "@grpc/grpc-js";
import type { StreamHandlers, XdsTransport } from "../transport.ts";
import type { XdsMode } from "../types.ts";
import { decodeRequest, type Request, response } from "./messages.ts";
import type { AdsServer, AdsStream } from "./server.ts";

/** A client's transport and a server's streams without a socket: each message waits until it is let through. */
export interface MemoryLink {
  readonly server: AdsServer;
  readonly transport: XdsTransport;
  /** Messages under way: to the server, to the client. */
  readonly toServer: (() => void)[];
  readonly toClient: (() => void)[];
  /** Breaks the stream; what is under way is lost. */
  cut(): void;
}

export function createMemoryLink(mode: XdsMode): MemoryLink {
  const toServer: (() => void)[] = [];
  const toClient: (() => void)[] = [];
  let onStream: (stream: AdsStream) => void = () => {};
  let current: { readonly handlers: StreamHandlers; readonly finish: () => void } | undefined;

  const drop = (): void => {
    toServer.length = 0;
    toClient.length = 0;
    current?.finish();
    current = undefined;
  };

  return {
    toServer,
    toClient,
    cut() {
      const handlers = current?.handlers;
      drop();
      handlers?.onEnd({ code: "KM7001", severity: "error", path: "xds", message: "cut" });
    },
    server: {
      address: "memory",
      accept: () => Promise.reject(new Error("streams go to onStream")),
      onStream(run) {
        onStream = run;
      },
      close: drop,
    },
    transport: {
      address: "memory",
      credentialsChanged: () => false,
      connect(handlers) {
        const requests: Request[] = [];
        const listeners: ((request: Request) => void)[] = [];
        let finish = (): void => {};
        const over = new Promise<void>((resolve) => {
          finish = resolve;
        });
        const send = (bytes: Uint8Array): void => void toClient.push(() => handlers.onMessage(Buffer.from(bytes)));
        const stream: AdsStream = {
          mode,
          metadata: new Metadata(),
          requests,
          next: () => Promise.reject(new Error("requests go to onRequest")),
          onRequest: (run) => void listeners.push(run),
          respond: (parts) => send(response(mode, parts)),
          send,
          end: drop,
          fail: drop,
          over,
        };
        current = { handlers, finish };
        toClient.push(() => handlers.onReady());
        onStream(stream);
        return {
          send(bytes) {
            const request = decodeRequest(mode, bytes);
            toServer.push(() => {
              requests.push(request);
              for (const run of listeners) run(request);
            });
            return true;
          },
          onDrain() {},
          pause() {},
          resume() {},
          close: drop,
        };
      },
    },
  };
}
