import { note, type Scope } from "./scope.ts";

/** metadata_match names a subset. Clusters with subsets are punts, so that for the others nothing is lost. */
export function noteMetadataMatch(scope: Scope, path: string): void {
  const message = "metadata_match chooses among a cluster's subsets; clusters with subsets are left to a proxy, others have none";
  note(scope, "KM2322", "metadata_match", () => path, message);
}
