/**
 * A daemon that is killed at any moment leaves a working data plane, and the next one takes over. Also when that one has other records.
 * `make test-chaos` kills more of them; KMESH_CHAOS_SEED repeats a run, as far as a machine's timing can be repeated.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import * as assert from "uvu/assert";
import { createRandom } from "../../compiler/simulate/test/random.ts";
import { detach } from "../../runtime/apply/index.ts";
import { setFormat } from "../../runtime/apply/set-format.ts";
import type { ApplierWork } from "./applier.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup, withNamespace } from "./harness.ts";
import { type BpfIds, idsOf, leftOf } from "./ids.ts";
import { kernelDump, type MeshWords, meshBundle } from "./mesh.ts";
import { startProber } from "./probe.ts";
import { servingDumps } from "./serving.ts";
import { applyAll, assertAsWithoutKills } from "./without-kills.ts";

const killed = kernelSuite("killed");

const kills = Number(process.env["KMESH_CHAOS_KILLS"] ?? 14);
const seed = Number(process.env["KMESH_CHAOS_SEED"] ?? Date.now() % 1_000_000);
const formats = [setFormat(), "0123456789ab".repeat(5)] as const;

const places = ["127.0.0.1:7001", "127.0.0.1:7002"];
const base: MeshWords = { clusters: { a: [places[0]!], b: [places[1]!] }, services: { "10.0.0.1:80": "a", "10.0.0.2:80": "b" } };
/** Other endpoints of one cluster, a service more, another shape, other weights, more endpoints than there is room for. */
const meshes: readonly MeshWords[] = [
  base,
  { ...base, clusters: { ...base.clusters, a: [places[1]!] } },
  { ...base, services: { ...base.services, "10.0.0.3:80": "b" } },
  { ...base, services: { ...base.services, "10.0.0.3:80": { a: 1, b: 1 } } },
  { ...base, clusters: { a: [`${places[0]}*3`, `${places[1]}*1`], b: [places[1]!] } },
  { ...base, clusters: { a: places, b: [places[1]!], c: Array.from({ length: 400 }, (_, i) => `127.0.2.${i % 200}:${2000 + i}`) } },
];

killed("daemons of two formats, at random moments of anything they do", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace([], async (namespace) => {
        const pins = `${bpf}/kmesh`;
        const random = createRandom(seed);
        const bundles = await Promise.all(meshes.map((words) => meshBundle(words)));
        const dumps = new Set(bundles.map(kernelDump));
        const prober = await startProber(namespace, cgroup);
        const seen: BpfIds[] = [];
        const moments = { firstApply: 0, twoSets: 0, takenOver: 0 };
        const pace = createPace();
        let next = start();
        let loaded = false;
        try {
          await prober.serve(places);
          for (let round = 0; round < kills; round++) {
            const child = next;
            // The next one starts while this one works: starting takes longer than anything that is to be met.
            next = start();
            await child.ready;
            const format = formats[random.below(3) === 0 ? 1 : 0]!;
            child.process.send({ pins, cgroup, bundles, seed: random.below(1 << 30), format } satisfies ApplierWork);
            await pace.moment(child.process, random.below(4), random.below(1000) / 1000);
            await end(child);
            const serving = servingDumps(pins);
            if (serving.length === 0) moments.firstApply++;
            else moments.takenOver++;
            if (serving.length > 1) moments.twoSets++;
            assert.ok(serving.length > 0 || !loaded, "nothing serves any more");
            for (const dump of serving) assert.ok(dumps.has(dump), "what serves is none of what was applied");
            if (serving.length > 0 && !loaded) {
              loaded = true;
              await prober.load(["10.0.0.1:80", "10.0.0.2:80"]);
            }
            seen.push(idsOf(pins));
          }
          assert.ok(loaded, `no daemon of ${kills} came as far as attaching anything`);
          const last = await applyAll(pins, cgroup, bundles);
          seen.push(last);
          const counts = await prober.stop();
          for (const landings of Object.values(counts))
            assert.equal(
              Object.keys(landings).filter((at) => !places.includes(at)),
              [],
              `failed connections, seed ${seed}: ${JSON.stringify(counts)}`,
            );
          await assertAsWithoutKills(last, `${bpf}/reference`, cgroup, bundles);
          detach(kernel(), pins);
          for (const ids of seen) assert.equal(await leftOf(ids), [], `left in the kernel, seed ${seed}`);
          const total = Object.values(counts).flatMap((landings) => Object.values(landings));
          tell(
            "MEASURED",
            `seed ${seed}: killed ${kills} daemons (${moments.firstApply} before anything served, ${moments.twoSets} between two sets): ` +
              `${total.reduce((a, b) => a + b, 0)} connections, none failed, always whole, nothing left`,
          );
        } finally {
          await end(next);
          await prober.end();
        }
      }),
    ),
  ),
);

interface Applier {
  readonly process: ChildProcess;
  readonly ready: Promise<unknown>;
}

function start(): Applier {
  const child = fork("test/kernel/applier.ts", { execArgv: ["--import", "tsx"], serialization: "advanced" });
  return { process: child, ready: once(child, "message") };
}

/** Chooses moments by what a machine needs for a take-over with its first apply, and for another apply: busy ones need longer. */
function createPace(): { moment(child: ChildProcess, applies: number, share: number): Promise<void> } {
  const needed = { first: 400, other: 40 };
  return {
    /** After so many applies, and a share of the time that the next one may need. */
    async moment(child, applies, share) {
      for (let done = 0; done < applies; done++) {
        const from = performance.now();
        await once(child, "message");
        needed[done === 0 ? "first" : "other"] = performance.now() - from;
      }
      await new Promise((resolve) => setTimeout(resolve, share * needed[applies === 0 ? "first" : "other"]));
    },
  };
}

/** Fails where it has ended by itself. */
async function end({ process: child }: Applier): Promise<void> {
  assert.is(child.exitCode, null, "a daemon ended with an error");
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

killed.run();
