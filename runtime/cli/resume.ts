import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { ApplyError, type Session } from "../apply/index.ts";
import { createFallbacks, type Fallbacks, fallbacksFile, type LastGood, openLastGood } from "../follow/index.ts";
import { type Kernel, KernelError } from "../kernel/index.ts";
import type { Log } from "../log/index.ts";
import { systemClock } from "../xds/index.ts";
import { version } from "./version.ts";

/** Opens the state folder and owns it until the process ends, or throws KM6304. */
export function openState(kernel: Pick<Kernel, "lock">, folder: string): LastGood {
  try {
    const lastGood = openLastGood(folder);
    // A read-only one would be found out at the first change.
    accessSync(folder, constants.W_OK);
    // Another daemon would take this one's last good for its own, also where it steers another cgroup.
    kernel.lock(folder);
    return lastGood;
  } catch (error) {
    const isTaken = error instanceof KernelError && error.kind === "busy";
    const hint = isTaken
      ? "stop it, or give each daemon a folder of its own with --state"
      : "give a folder that can be written with --state";
    throw new ApplyError("KM6304", folder, (error as Error).message, hint);
  }
}

/** Last good versions of resources that were rejected, from the state folder. */
export function openFallbacks(folder: string, log: Log): Fallbacks {
  const file = fallbacksFile(join(folder, "last-good-resources.json"), version());
  return createFallbacks({ file, clock: systemClock, log: log.logger("follow") });
}

/** What an earlier daemon left: its generation is pinned, or (on a machine that was started anew) its bundle is on disk. */
export async function resume(session: Session, lastGood: LastGood, cgroup: string, log: Log): Promise<void> {
  const daemon = log.logger("daemon");
  for (const problem of session.problems) {
    const { message, severity, ...fields } = problem;
    daemon[severity === "error" ? "error" : "info"](message, fields);
  }
  if (session.generation() > 0) {
    daemon.info("taking over what is pinned", { generation: session.generation() });
    return;
  }
  const { bundle, diagnostics } = lastGood.read();
  for (const diagnostic of diagnostics) daemon.warn("the persisted bundle can't be used", { diagnostic });
  if (!bundle) return;
  try {
    const { generation } = await session.apply(bundle, cgroup);
    daemon.info("applied the persisted bundle, until the control plane answers", { generation });
  } catch (error) {
    // It may be of another version, or its endpoints' kernel another one: the control plane will tell.
    daemon.warn("the persisted bundle could not be applied", { error });
  }
}
