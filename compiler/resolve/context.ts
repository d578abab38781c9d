import type { HirRouteConfig } from "../hir/index.ts";
import type { FilterNames } from "./filter-names.ts";
import { note, refuse, type Scope } from "./scope.ts";

/** What resolving one resource needs of the others. */
export interface ResolveContext {
  /** Says so where `name` is no cluster of the snapshot; then its share is answered as Envoy answers for unknown clusters. */
  readonly useCluster: (scope: Scope, name: string, path: () => string, validate?: boolean) => void;
  /** Route configurations by RDS name. */
  readonly tables: ReadonlyMap<string, ResolvedTable>;
  /** What the HTTP filters of all chains are, by the names that per-route settings use. */
  readonly filterNames: FilterNames;
  /** Inline route configurations, as they are found. */
  readonly inlineTables: HirRouteConfig[];
}

export interface ResolvedTable {
  readonly path: string;
  /** The table as a whole is left to a proxy (virtual hosts on demand): a diagnostic code. */
  readonly punt?: string;
}

export function clusterUser(known: ReadonlySet<string>): ResolveContext["useCluster"] {
  return (scope, name, path, validate = false) => {
    if (known.has(name)) return;
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
  };
}
