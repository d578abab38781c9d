/** What the demos change and count: a service by weight, in a mesh that a real istiod described. */
import { type ControlPlane, objectsIn } from "./control-plane.ts";

export const snapshot = "fixtures/realistic-mixed/snapshot.json";

/** 75% to two endpoints (v1), 25% to one (v2). */
export const weighted = { listener: "10.96.130.151_9000", to: "10.96.130.151:9000", v2: "10.244.2.17:9000" };

/** Of `weighted`, in percent. */
export function setWeights(plane: ControlPlane, [v1, v2]: readonly [number, number]): void {
  plane.edit("listener", weighted.listener, (listener) => {
    for (const object of objectsIn(listener)) {
      if (typeof object["name"] !== "string" || object["weight"] === undefined) continue;
      if (object["name"].includes("|v1|")) object["weight"] = v1;
      if (object["name"].includes("|v2|")) object["weight"] = v2;
    }
  });
}

/** How many connections there were, and those that landed on no endpoint of the mesh. */
export function landingsOf(counts: Readonly<Record<string, Readonly<Record<string, number>>>>): {
  readonly total: number;
  readonly failed: readonly (readonly [string, number])[];
} {
  const landings = Object.values(counts).flatMap((by) => Object.entries(by));
  return {
    total: landings.reduce((sum, [, count]) => sum + count, 0),
    failed: landings.filter(([at]) => !/^10\.244\.\d+\.\d+:9000$/.test(at)),
  };
}
