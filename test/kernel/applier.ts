/** A process that applies bundles in turn without pause, until it is killed. */
import { once } from "node:events";
import type { Bundle } from "../../compiler/bundle/format.ts";
import { openSession } from "../../runtime/apply/index.ts";
import { openKernel } from "../../runtime/kernel/index.ts";

export interface ApplierWork {
  readonly pins: string;
  readonly cgroup: string;
  readonly bundles: readonly Bundle[];
}

const [{ pins, cgroup, bundles }] = (await once(process, "message")) as [ApplierWork];
const session = openSession(openKernel(), pins);
process.send!("open");
for (let i = 0; ; i++) await session.apply(bundles[i % bundles.length]!, cgroup);
