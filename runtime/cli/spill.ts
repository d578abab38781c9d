import { join } from "node:path";
import type { Log } from "../log/index.ts";
import { createSpill, type Spill } from "../spill/index.ts";
import { systemClock } from "../xds/index.ts";

/**
 * Where the bytes of accepted resources go, in the state folder.
 *
 * @param startOver asks for what is lost
 */
export function openSpill(folder: string, startOver: (why: string) => void, log: Log): Spill {
  const xds = log.logger("xds");
  return createSpill({
    path: join(folder, "accepted-resources"),
    timer: systemClock.timer,
    onUnwritten: (error) => xds.warn("accepted resources stay in memory", { code: "KM6304", path: folder, error }),
    onLost(error) {
      xds.error("accepted resources can't be read back; all of them are asked for again", { code: "KM6304", path: folder, error });
      startOver("what was accepted can't be read back");
    },
  });
}
