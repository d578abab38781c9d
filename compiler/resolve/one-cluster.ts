import type { XdsResource } from "../decode/index.ts";
import type { DiagnosticSink } from "../diag/index.ts";
import type { HirCluster } from "../hir/index.ts";
import { resolveEds } from "./assignments.ts";
import { resolveCluster } from "./cluster.ts";
import type { Facts } from "./context.ts";
import type { Assignment } from "./endpoints.ts";
import type { AnswerOf } from "./hostnames.ts";

/** What a cluster does not ask. */
const noOthers: Omit<Facts, "assignment" | "answer"> = {
  hasCluster: () => false,
  isShutForHigh: () => false,
  table: () => undefined,
  filter: () => undefined,
  grpcWeb: () => false,
  hasFilter: () => false,
};

/**
 * A cluster with its endpoints, as resolveSnapshot resolves it where there is nothing else; undefined where it is refused. A change of its endpoints
 * waits for this, in caches that are cold: it is not to do more than it must.
 */
export function resolveOneCluster(
  cluster: XdsResource,
  endpoints: XdsResource | undefined,
  sink: DiagnosticSink,
  answer: AnswerOf,
): HirCluster | undefined {
  const assignment = (name: string): Assignment | undefined =>
    endpoints?.name === name ? resolveEds({ sink, strict: false, rejected: false }, endpoints) : undefined;
  return resolveCluster({ sink, strict: false, rejected: false }, cluster, { ...noOthers, assignment, answer });
}
