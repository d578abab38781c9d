/** The table of refusals, put to a judge. */
import type { JsonObject } from "../json-fields.ts";
import { snapshotWith } from "./base.ts";
import { refusalRows } from "./rows.ts";

/** Whether a snapshot is refused: by Envoy, or by us. */
export type Refuses = (resources: readonly JsonObject[]) => Promise<boolean>;

/** Messages for the rows that `refuses` answers otherwise, and how many were asked. */
export async function askRefusals(refuses: Refuses): Promise<{ readonly asked: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = [];
  let asked = 0;
  for (const { about, place, refused, taken } of refusalRows) {
    for (const [patches, want] of [[refused, true] as const, [taken, false] as const]) {
      for (const patch of patches) {
        asked += 1;
        if ((await refuses(snapshotWith(place, patch))) !== want)
          wrong.push(`${about}: ${want ? "taken" : "refused"}: ${place} ${JSON.stringify(patch).slice(0, 300)}`);
      }
    }
  }
  return { asked, wrong };
}
