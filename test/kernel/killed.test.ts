/** A daemon that is killed at any moment leaves a working data plane, and the next one takes over. */
import { fork } from "node:child_process";
import { once } from "node:events";
import * as assert from "uvu/assert";
import { ApplyError, openSession, servingSet } from "../../runtime/apply/index.ts";
import { dumpPublished } from "../../runtime/status/dump.ts";
import { readPublished } from "../../runtime/status/index.ts";
import type { ApplierWork } from "./applier.ts";
import { eventually } from "./daemon.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup, withNamespace } from "./harness.ts";
import { kernelDump, type MeshWords, meshBundle } from "./mesh.ts";
import { startProber } from "./probe.ts";

const killed = kernelSuite("killed");

const ROUNDS = 12;
const places = ["127.0.0.1:7001", "127.0.0.1:7002"];
const mesh: MeshWords = { clusters: { a: [places[0]!], b: [places[1]!] }, services: { "10.0.0.1:80": "a", "10.0.0.2:80": "b" } };

killed("a daemon, at random moments of applies of every kind", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace([], async (namespace) => {
        const pins = `${bpf}/kmesh`;
        const bundles = await Promise.all(
          [
            mesh,
            { ...mesh, clusters: { ...mesh.clusters, a: [places[1]!] } },
            { ...mesh, services: { ...mesh.services, "10.0.0.3:80": "b" } },
            { ...mesh, services: { ...mesh.services, "10.0.0.3:80": { a: 1, b: 1 } } },
          ].map((words) => meshBundle(words)),
        );
        const prober = await startProber(namespace, cgroup);
        await prober.serve(places);
        const generations: number[] = [];
        try {
          for (let round = 0; round < ROUNDS; round++) {
            const child = fork("test/kernel/applier.ts", { execArgv: ["--import", "tsx"], serialization: "advanced" });
            child.send({ pins, cgroup, bundles } satisfies ApplierWork);
            await once(child, "message");
            // The first rounds may be killed before anything is attached; a busy machine needs longer.
            if (round === 2) await eventually("something serves", async () => serves(pins));
            await new Promise((resolve) => setTimeout(resolve, round === 0 ? 5 : (round * 37) % 101));
            child.kill("SIGKILL");
            await once(child, "exit");
            if (round > 1) {
              assert.ok(places.includes((await prober.connect("10.0.0.1:80")).at));
              assert.is((await prober.connect("10.0.0.2:80")).at, places[1]);
              generations.push(readPublished(kernel(), pins).header.generation);
            }
          }
          const session = openSession(kernel(), pins);
          for (const bundle of bundles) {
            await session.apply(bundle, cgroup);
            assert.is(dumpPublished(kernel(), pins), kernelDump(bundle));
          }
          await session.settle();
          session.close();
        } finally {
          await prober.end();
        }
        tell(
          "MEASURED",
          `killed ${ROUNDS} daemons between generations ${generations.join(", ")}: connections landed, the next one took over`,
        );
      }),
    ),
  ),
);

function serves(pins: string): boolean {
  try {
    return servingSet(kernel(), pins) !== undefined;
  } catch (error) {
    if (error instanceof ApplyError) return false;
    throw error;
  }
}

killed.run();
