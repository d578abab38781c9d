/** One cluster's new endpoints, on the way that a change takes: the bytes that a control plane sends, decode, resolve, lower, layout. */

import { decodeSnapshot, type XdsResource } from "../../compiler/decode/index.ts";
import { Collector } from "../../compiler/diag/index.ts";
import type { HirModel } from "../../compiler/hir/model.ts";
import { type CompiledRun, compileRun } from "../../compiler/index.ts";
import { resolveEds } from "../../compiler/resolve/assignments.ts";
import { PORT } from "./connector.ts";
import { encodeResponses } from "./encode.ts";

export interface Changes {
  /** The cluster's id. */
  readonly cluster: number;
  /** A DiscoveryResponse with the cluster's one endpoint at this address. */
  resource(ip: number): Uint8Array;
  decode(bytes: Uint8Array): XdsResource;
  compile(assignment: XdsResource): CompiledRun;
}

export function openChanges(model: HirModel, name: string): Changes {
  const cluster = model.clusters.findIndex((c) => c.name === name);
  const base = model.clusters[cluster]!;
  return {
    cluster,
    resource(ip) {
      const address = [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join(".");
      const endpoint = {
        endpoint: { address: { socket_address: { address, port_value: PORT } } },
        health_status: "HEALTHY",
        load_balancing_weight: 1,
      };
      const assignment = {
        "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
        cluster_name: name,
        endpoints: [{ locality: {}, load_balancing_weight: 1, lb_endpoints: [endpoint] }],
      };
      return encodeResponses({ clusters: [], endpoints: [assignment], listeners: [], routes: [] })[1]!.bytes;
    },
    decode: (bytes) => decodeSnapshot([{ name: "eds.pb", bytes }], new Collector()).endpoints[0]!,
    compile(assignment) {
      const scope = { sink: new Collector(), strict: false, rejected: false };
      const { priorities, overprovisioning, weightedPriorityHealth } = resolveEds(scope, assignment);
      return compileRun({ ...base, priorities, overprovisioning, weightedPriorityHealth })!;
    },
  };
}
