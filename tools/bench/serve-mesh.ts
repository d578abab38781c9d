/** A control plane of one mesh, encoded before: it answers a stream's first request of each type with the whole response. */

import type { XdsKind } from "../../compiler/decode/index.ts";
import { kindOf } from "../../runtime/xds/test/messages.ts";
import { startAdsServer } from "../../runtime/xds/test/server.ts";

export interface MeshServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  close(): void;
}

/** @param responses DiscoveryResponses by kind */
export async function serveMesh(responses: Readonly<Record<XdsKind, Uint8Array>>): Promise<MeshServer> {
  const server = await startAdsServer({ modes: ["sotw"] });
  server.onStream((stream) => {
    const answered = new Set<XdsKind>();
    stream.onRequest((request) => {
      const kind = kindOf(request);
      // Clusters and listeners are asked for as a whole, the others by the names that these refer to, all at once.
      if (answered.has(kind)) return;
      answered.add(kind);
      stream.send(responses[kind]);
    });
  });
  return { address: server.address, close: () => server.close() };
}
