import type { ClusterLoadAssignment } from "../decode/gen/types.ts";
import type { HirCluster, HirFraction } from "../hir/index.ts";
import { fractionOf } from "./fraction.ts";
import { refuse, type Scope } from "./scope.ts";

/** What an assignment says of a cluster as a whole. */
export function policyOf(
  scope: Scope,
  assignment: ClusterLoadAssignment,
  path: string,
): Pick<HirCluster, "overprovisioning" | "weightedPriorityHealth" | "drop"> {
  const policy = assignment.policy;
  const drop = checkDrops(scope, assignment, path);
  return {
    overprovisioning: policy?.overprovisioning_factor ?? 140,
    weightedPriorityHealth: policy?.weighted_priority_health ?? false,
    ...(drop ? { drop } : {}),
  };
}

/** The share of requests that is dropped. */
export function checkDrops(scope: Scope, { policy }: ClusterLoadAssignment, path: string): HirFraction | undefined {
  const drops = policy?.drop_overloads ?? [];
  const at = `${path}.policy.drop_overloads`;
  if (drops.length > 1) refuse(scope, "KM2415", at, "Envoy takes one drop_overloads category only", "sum the shares into one category");
  const drop = drops.length === 1 ? fractionOf(drops[0]!.drop_percentage) : undefined;
  if (drop && drop.numerator > drop.denominator) {
    const message = `${drop.numerator} of ${drop.denominator} is more than all requests`;
    refuse(scope, "KM2415", at, message, "lower drop_percentage to 100 % at most");
  }
  return drop;
}
