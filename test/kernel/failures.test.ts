/** On the real kernel: each call of a change fails once. What served goes on as it was, nothing is left, and the change is made the next time. */
import * as assert from "uvu/assert";
import type { Bundle } from "../../compiler/bundle/format.ts";
import { detach, openSession, type Session } from "../../runtime/apply/index.ts";
import { setFormat } from "../../runtime/apply/set-format.ts";
import { type FailingKernel, failingKernel } from "../../runtime/apply/test/failing-kernel.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup } from "./harness.ts";
import { type BpfIds, idsOf, leftOf } from "./ids.ts";
import { kernelDump, type MeshWords, meshBundle } from "./mesh.ts";
import { servingDumps } from "./serving.ts";

const failures = kernelSuite("failures");

const otherFormat = "0123456789ab".repeat(5);
const base: MeshWords = {
  clusters: { a: ["127.0.0.1:7001"], b: ["127.0.0.1:7002"] },
  services: { "10.0.0.1:80": "a", "10.0.0.2:80": "b" },
};
const changes: Readonly<Record<string, MeshWords>> = {
  cell: { ...base, clusters: { ...base.clusters, a: ["127.0.0.1:7002"] } },
  service: { ...base, services: { ...base.services, "10.0.0.3:80": "b" } },
  shape: { ...base, services: { ...base.services, "10.0.0.3:80": { a: 1, b: 1 } } },
  upgrade: { ...base, services: { ...base.services, "10.0.0.3:80": { a: 1, b: 1 } } },
};

interface World {
  readonly pins: string;
  readonly cgroup: string;
  readonly failing: FailingKernel;
  readonly before: Bundle;
  readonly after: Bundle;
  /** Record format of the daemon that left what runs before. */
  readonly format: string;
}

async function leave({ pins, cgroup, before, format }: World): Promise<void> {
  const session = openSession(kernel(), pins, { format });
  await session.apply(before, cgroup);
  await session.settle();
  session.close();
}

/** Fails call after call of take-over and change until none fails; gives the number of calls. */
async function failEach(world: World): Promise<number> {
  const { pins, cgroup, failing, before, after } = world;
  await leave(world);
  const seen: BpfIds[] = [];
  for (let at = 1; ; at++) {
    failing.failAt(failing.calls() + at);
    let session: Session | undefined;
    let done = false;
    try {
      session = openSession(failing.kernel, pins);
      await session.apply(after, cgroup);
      done = true;
    } catch (error) {
      assert.match((error as Error).message, /injected/);
      assert.not.match((error as Error).message, /taken back/);
    }
    const failed = failing.failed();
    failing.failAt(undefined);
    assert.equal(servingDumps(pins), [kernelDump(done ? after : before)], `call ${at}, ${failed}`);
    seen.push(idsOf(pins));
    await session?.settle();
    session?.close();
    if (done && failed === undefined) {
      await assertGone(seen, idsOf(pins));
      return at - 1;
    }
    // A failure after the change was made (tidying up): back, so that the next call meets the same change.
    if (done) await leave(world);
  }
}

/** Of what was seen nothing is left but what there is now. */
async function assertGone(seen: readonly BpfIds[], now: BpfIds): Promise<void> {
  const gone = (kind: keyof BpfIds): number[] => [...new Set(seen.flatMap((ids) => ids[kind]))].filter((id) => !now[kind].includes(id));
  assert.equal(await leftOf({ map: gone("map"), program: gone("program"), link: gone("link") }), []);
}

failures("each call of a take-over with a change, and of an upgrade, fails once", () =>
  withBpfFolder((bpf) =>
    withCgroup(async (cgroup) => {
      const before = await meshBundle(base);
      const numbers: string[] = [];
      for (const [name, words] of Object.entries(changes)) {
        const pins = `${bpf}/${name}`;
        const format = name === "upgrade" ? otherFormat : setFormat();
        const world = { pins, cgroup, failing: failingKernel(kernel()), before, after: await meshBundle(words), format };
        numbers.push(`${name} ${await failEach(world)}`);
        const ids = idsOf(pins);
        detach(kernel(), pins);
        await assertGone([ids], { map: [], program: [], link: [] });
      }
      tell("MEASURED", `calls that failed once each: ${numbers.join(", ")}; what served went on, nothing left`);
    }),
  ),
);

failures("what is not proven is written, and taken back before anything leads to it", () =>
  withBpfFolder((bpf) =>
    withCgroup(async (cgroup) => {
      const before = await meshBundle(base);
      for (const [name, words] of Object.entries(changes)) {
        const pins = `${bpf}/${name}`;
        const format = name === "upgrade" ? otherFormat : setFormat();
        await leave({ pins, cgroup, failing: failingKernel(kernel()), before, after: before, format });
        const session = openSession(kernel(), pins);
        const ids = idsOf(pins);
        const applied = session.apply(await meshBundle(words), cgroup, Promise.reject(new Error("not proven")));
        const refusal = await applied.then(String, (error: Error) => error.message);
        assert.is(refusal, "not proven");
        assert.equal(servingDumps(pins), [kernelDump(before)], name);
        await session.settle();
        session.close();
        await assertGone([idsOf(pins)], ids);
        detach(kernel(), pins);
      }
    }),
  ),
);

failures.run();
