import type { HirRouteConfig } from "../hir/index.ts";
import type { Assignment } from "./endpoints.ts";
import type { FilterName, HttpFilterClass } from "./filter-names.ts";
import type { AnswerOf } from "./hostnames.ts";
import { note, refuse, type Scope } from "./scope.ts";

/**
 * All that resolving one resource can know of the others. Asked by name, so that the answers can be noted (memo.ts): a resource is
 * resolved anew when an answer differs, by `===`, from what it was told. An answer is a plain value, or an object that stays the same
 * object while its content does.
 */
export type Facts = {
  readonly hasCluster: (name: string) => boolean;
  /** Whether a cluster, or any where none is named, refuses all requests of priority HIGH. */
  readonly isShutForHigh: (name: string | undefined) => boolean;
  /** Endpoints by the name of their ClusterLoadAssignment. */
  readonly assignment: (name: string) => Assignment | undefined;
  /** Addresses of a host name; undefined where it stays a name. */
  readonly answer: AnswerOf;
  /** Route configurations by RDS name. */
  readonly table: (name: string) => ResolvedTable | undefined;
  /** What the HTTP filters of all chains are, by the names that per-route settings use. */
  readonly filter: (name: string) => FilterName | undefined;
  /** Whether a chain that uses the table of this RDS name translates gRPC-Web. */
  readonly grpcWeb: (table: string) => boolean;
  /** Whether some chain has a filter of this class. */
  readonly hasFilter: (found: HttpFilterClass) => boolean;
};

/** What resolving one resource needs beside itself. */
export interface ResolveContext {
  readonly facts: Facts;
  /** Inline route configurations, as they are found. */
  readonly inlineTables: HirRouteConfig[];
  readonly part: ResolvePart;
}

/**
 * `work` on one of the many parts of a resource, or what it gave before, within the resource's scope. All that it can know beside the part is
 * its path, `given`, compared by identity, and what it asks. One list `given` for all parts is one to hold.
 */
export type ResolvePart = <T>(
  scope: Scope,
  part: object,
  path: string,
  given: readonly unknown[],
  work: (scope: Scope, facts: Facts) => T,
) => T;

export interface ResolvedTable {
  readonly path: string;
  /** The table as a whole is left to a proxy (virtual hosts on demand): a diagnostic code. */
  readonly punt?: string;
}

/**
 * Says so where `name` is no cluster of the snapshot; then its share is answered as Envoy answers for unknown clusters.
 *
 * @param validate it is an error (validate_clusters)
 */
export function useCluster(facts: Facts, scope: Scope, name: string, path: () => string, validate = false): void {
  if (facts.hasCluster(name)) return;
  if (validate) {
    refuse(
      scope,
      "KM2320",
      path(),
      `no cluster is named ${JSON.stringify(name)}, and validate_clusters is on`,
      "add the cluster, or set validate_clusters: false",
    );
    return;
  }
  note(
    scope,
    "KM2321",
    `cluster ${name}`,
    path,
    `no cluster is named ${JSON.stringify(name)}: requests for it are answered 503 (or the not-found code), connections are closed`,
  );
}
