import type { ClusterSpecifierPlugin } from "../decode/gen/types.ts";
import type { Facts } from "./context.ts";
import type { FilterSettings } from "./per-filter.ts";
import type { Scope } from "./scope.ts";

/** What resolving a route needs of its table. */
export interface TableScope {
  readonly scope: Scope;
  readonly facts: Facts;
  readonly useCluster: (name: string, path: () => string) => void;
  /** Absent where clusters are not validated: nothing is sent to a mirror. */
  readonly useMirror: ((name: string, path: () => string) => void) | undefined;
  /** Bytes that a direct_response may have. */
  readonly maxBody: number;
  /** Those that its routes may name. */
  readonly plugins: readonly ClusterSpecifierPlugin[] | undefined;
  /** Requests of gRPC-Web are left to a proxy. */
  readonly grpcWeb: boolean;
  readonly settings: FilterSettings;
}
