/** Two builds whose records really differ take over from each other, up and down, under load and killed at random moments. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { packageRoot } from "../../compiler/package-root.ts";
import { createRandom } from "../../compiler/simulate/test/random.ts";
import { detach } from "../../runtime/apply/index.ts";
import type { ApplierWork } from "./applier.ts";
import type { Bundled } from "./bundler.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "./harness.ts";
import { type BpfIds, idsOf, leftOf } from "./ids.ts";
import type { MeshWords } from "./mesh.ts";
import { makeOtherBuild } from "./other-build.ts";
import { startProber } from "./probe.ts";

const upgrade = kernelSuite("upgrade");

const seed = Number(process.env["KMESH_CHAOS_SEED"] ?? Date.now() % 1_000_000);
const places = ["127.0.0.1:7001", "127.0.0.1:7002"] as const;
const services = ["10.0.0.1:80", "10.0.0.2:80"] as const;
/** Endpoints of both forms, and programs of two shapes. */
const meshes: readonly MeshWords[] = [
  { clusters: { a: [`${places[0]}*3`, `${places[1]}*1`], b: [places[1]] }, services: { [services[0]]: "a", [services[1]]: "b" } },
  { clusters: { a: [places[1]], b: places }, services: { [services[0]]: "a", [services[1]]: { a: 1, b: 1 } } },
];

interface Build extends Bundled {
  readonly root: string;
}

/** A script of a build, in a process of that build. */
function start(root: string, script: string): ChildProcess {
  return fork(join(root, "test/kernel", script), { cwd: root, execArgv: ["--import", "tsx"], serialization: "advanced" });
}

async function buildIn(root: string): Promise<Build> {
  const child = start(root, "bundler.ts");
  await once(child, "message");
  child.send(meshes);
  const [bundled] = (await once(child, "message")) as [Bundled];
  return { root, ...bundled };
}

/** Lets a build take over and apply; `until` says when it is killed, else it ends in good order. */
async function run(build: Build, work: Omit<ApplierWork, "bundles">, until?: (child: ChildProcess) => Promise<unknown>): Promise<void> {
  const child = start(build.root, "applier.ts");
  await once(child, "message");
  child.send({ ...work, bundles: build.bundles });
  const exit = once(child, "exit");
  if (until) {
    await until(child);
    assert.is(child.exitCode, null, "it ended with an error");
    child.kill("SIGKILL");
  }
  const [code] = (await exit) as [number | null];
  assert.is(code, until ? null : 0, `the build in ${build.root} failed`);
}

/** What was there and is no longer pinned. */
function gone(before: BpfIds, now: BpfIds): BpfIds {
  const without = (kind: keyof BpfIds): readonly number[] => before[kind].filter((id) => !now[kind].includes(id));
  return { map: without("map"), program: without("program"), link: without("link") };
}

upgrade("up and down between builds with other records: no connection fails, and the old state is freed", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace([], (namespace) =>
        withTempFolder(async (folder) => {
          makeOtherBuild(folder);
          const builds = [await buildIn(packageRoot), await buildIn(folder)] as const;
          assert.is.not(builds[0].format, builds[1].format);
          const pins = join(bpf, "kmesh");
          const work = { pins, cgroup, seed };
          const sets = (): readonly string[] =>
            kernel()
              .listPins(pins)
              .filter((name) => name.startsWith("set_"));
          const random = createRandom(seed);
          await run(builds[0], { ...work, applies: 2 });
          const prober = await startProber(namespace, cgroup);
          try {
            await prober.serve(places);
            await prober.load(services);
            const seen: BpfIds[] = [idsOf(pins)];
            for (const build of [builds[1], builds[0], builds[1], builds[0]]) {
              const before = seen.at(-1)!;
              await run(build, { ...work, applies: 2 });
              const now = idsOf(pins);
              assert.equal(sets().length, 1);
              assert.match(sets()[0]!, new RegExp(`^set_${build.format.slice(0, 12)}_`));
              assert.ok(gone(before, now).map.length > 8, "tables are others");
              assert.equal(await leftOf(gone(before, now)), [], "the old set is freed");
              assert.is(now.map.length, before.map.length);
              seen.push(now);
            }
            // Killed on the way: whoever comes next finishes it, or begins anew.
            for (const build of [builds[1], builds[0], builds[1], builds[1], builds[0]]) {
              await run(
                build,
                { ...work, seed: random.below(1 << 30) },
                () => new Promise((resolve) => setTimeout(resolve, random.below(400))),
              );
              seen.push(idsOf(pins));
            }
            await run(builds[0], { ...work, applies: 2 });
            const counts = await prober.stop();
            const elsewhere = Object.values(counts).flatMap((landings) =>
              Object.keys(landings).filter((at) => !(places as readonly string[]).includes(at)),
            );
            assert.equal(elsewhere, [], `failed connections, seed ${seed}: ${JSON.stringify(counts)}`);
            assert.is(sets().length, 1);
            detach(kernel(), pins);
            for (const ids of seen) assert.equal(await leftOf(ids), [], `left in the kernel, seed ${seed}`);
            const total = Object.values(counts).flatMap((landings) => Object.values(landings));
            tell(
              "MEASURED",
              `seed ${seed}: 4 changes between builds, 5 killed: ${total.reduce((a, b) => a + b, 0)} connections, none failed, nothing left`,
            );
          } finally {
            await prober.end();
          }
        }),
      ),
    ),
  ),
);

upgrade.run();
