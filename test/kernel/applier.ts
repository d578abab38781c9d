/**
 * A process that applies bundles in random order without pause, until it is killed or has done what it was told. It tells when it could start
 * and after each apply, and ends with an error if anything fails.
 */
import { once } from "node:events";
import type { Bundle } from "../../compiler/bundle/format.ts";
import { createRandom } from "../../compiler/simulate/test/random.ts";
import { openSession } from "../../runtime/apply/index.ts";
import { openKernel } from "../../runtime/kernel/index.ts";

export interface ApplierWork {
  readonly pins: string;
  readonly cgroup: string;
  readonly bundles: readonly Bundle[];
  readonly seed: number;
  /** Record format that this process says it has, instead of its own: another one than the last is an upgrade, or a downgrade. */
  readonly format?: string;
  /** Bundles that are applied before it ends in good order; without it, it never does. */
  readonly applies?: number;
}

process.send!("started");
const [{ pins, cgroup, bundles, seed, format, applies }] = (await once(process, "message")) as [ApplierWork];
const random = createRandom(seed);
const session = openSession(openKernel(), pins, { ...(format !== undefined && { format }) });
// What is pinned was left by one that was killed: all of it must be usable, unless it is of the other format.
if (session.problems.some(({ code }) => code !== "KM6206")) throw new Error(JSON.stringify(session.problems));
for (let done = 0; done !== applies; done++) {
  await session.apply(bundles[random.below(bundles.length)]!, cgroup);
  process.send!("applied");
}
await session.settle();
session.close();
process.disconnect();
