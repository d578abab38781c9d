/** What the kernel holds after daemons that were killed, beside what it holds after one that was not. */
import * as assert from "uvu/assert";
import type { Bundle } from "../../compiler/bundle/format.ts";
import { detach, openSession } from "../../runtime/apply/index.ts";
import { dumpPublished } from "../../runtime/status/dump.ts";
import { kernel } from "./harness.ts";
import { type BpfIds, idsOf, leftOf } from "./ids.ts";
import { kernelDump } from "./mesh.ts";

/** Applies all, and the first once more; connections may be made meanwhile. Gives what is there then. */
export async function applyAll(pins: string, cgroup: string, bundles: readonly Bundle[]): Promise<BpfIds> {
  const session = openSession(kernel(), pins);
  for (const bundle of [...bundles, bundles[0]!]) {
    await session.apply(bundle, cgroup);
    assert.is(dumpPublished(kernel(), pins), kernelDump(bundle));
  }
  await session.settle();
  session.close();
  return idsOf(pins);
}

/** Does the same in a folder of its own, and fails where there are more or less maps, programs or links. */
export async function assertAsWithoutKills(ids: BpfIds, reference: string, cgroup: string, bundles: readonly Bundle[]): Promise<void> {
  const expected = await applyAll(reference, cgroup, bundles);
  detach(kernel(), reference);
  assert.equal(sizes(ids), sizes(expected), "more or less than without kills");
  assert.equal(await leftOf(expected), []);
}

function sizes(ids: BpfIds): Readonly<Record<keyof BpfIds, number>> {
  return { map: ids.map.length, program: ids.program.length, link: ids.link.length };
}
