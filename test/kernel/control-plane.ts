/** A control plane in this process that serves resources in proto3 JSON over real gRPC. */
import type { XdsKind } from "../../compiler/decode/index.ts";
import { runPlane } from "../../runtime/xds/test/plane.ts";
import { startAdsServer } from "../../runtime/xds/test/server.ts";
import { encodeResources } from "../../tools/bench/encode.ts";

type Resource = Record<string, unknown>;

export interface ControlPlane {
  /** `127.0.0.1:port`, without TLS. */
  readonly address: string;
  /** Sets resources and removes others, by kind and name; everybody who asked for them is told. */
  change(resources: Partial<Record<XdsKind, readonly Resource[]>>, removed?: Partial<Record<XdsKind, readonly string[]>>): void;
  /** What clients rejected, in their words. */
  rejections(): readonly string[];
  close(): void;
}

export async function startControlPlane(): Promise<ControlPlane> {
  const server = await startAdsServer();
  const plane = runPlane(server);
  return {
    address: server.address,
    change(resources, removed = {}) {
      const { cluster = [], endpoint = [], listener = [], route = [] } = resources;
      const encoded = encodeResources({ clusters: cluster, endpoints: endpoint, listeners: listener, routes: route });
      const gone = (kind: XdsKind): Record<string, undefined> => Object.fromEntries((removed[kind] ?? []).map((name) => [name, undefined]));
      plane.change({
        cluster: { ...encoded.cluster, ...gone("cluster") },
        endpoint: { ...encoded.endpoint, ...gone("endpoint") },
        listener: { ...encoded.listener, ...gone("listener") },
        route: { ...encoded.route, ...gone("route") },
      });
    },
    rejections: () => plane.rejections.map(({ kind, text }) => `${kind}: ${text}`),
    close: () => server.close(),
  };
}
