/**
 * `kmesh-daemon run` is killed at random moments, of its start too, while a control plane changes endpoints and structure without pause. A client
 * that connects all the time sees no gap. `make test-chaos` kills more of them; KMESH_CHAOS_SEED repeats a run, as far as timing can be repeated.
 */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { Bundle } from "../../compiler/bundle/format.ts";
import { resolveFiles } from "../../compiler/cli/session.ts";
import { createRandom } from "../../compiler/simulate/test/random.ts";
import { detach } from "../../runtime/apply/index.ts";
import { eds, endpoints, listener, snapshotText } from "../../runtime/follow/test/mesh.ts";
import { readNumbers } from "../../runtime/status/index.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { type Daemon, eventually, startDaemon } from "./daemon.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "./harness.ts";
import { type BpfIds, idsOf, leftOf } from "./ids.ts";
import { kernelDump, modelPacked } from "./mesh.ts";
import { startProber } from "./probe.ts";
import { servingDumps } from "./serving.ts";
import { applyAll, assertAsWithoutKills } from "./without-kills.ts";

const killed = kernelSuite("killed run");

/** A start takes some hundred times as long as an apply: a fifth of the daemons that only apply. */
const kills = Math.max(4, Math.ceil(Number(process.env["KMESH_CHAOS_KILLS"] ?? 0) / 5));
const seed = Number(process.env["KMESH_CHAOS_SEED"] ?? Date.now() % 1_000_000);

const places = ["127.0.0.1:7001", "127.0.0.1:7002"] as const;
const services = ["10.0.0.1:80", "10.0.0.2:80"] as const;
/** Endpoints of cluster a: one cell is stored. */
const runs = [[places[0]], [places[1]], places] as const;
/** What else there is: nothing, one service more, one of another shape. Each is a generation. */
const extras = ["none", "plain", "weighted"] as const;

/** When a daemon is killed: somewhere in its start, when it serves again, or amid the changes that it follows. */
const moments = ["starting", "ready", "busy", "busy"] as const;

/** Milliseconds: it starts beside clients that use all of the machine. */
const PATIENCE = 120_000;

type Resource = ReturnType<typeof listener>;

function extraListener(extra: (typeof extras)[number]): Resource | undefined {
  const plain = listener("c", "10.0.0.3:80", "a");
  if (extra === "none") return undefined;
  if (extra === "plain") return plain;
  const proxy = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    stat_prefix: "tcp",
    weighted_clusters: { clusters: ["a", "b"].map((name) => ({ name, weight: 1 })) },
  };
  return { ...plain, filter_chains: [{ filters: [{ name: "envoy.filters.network.tcp_proxy", typed_config: proxy }] }] };
}

const base = { cluster: [eds("a"), eds("b")], listener: [listener("a", services[0], "a"), listener("b", services[1], "b")] };

/** Every generation that there can be. */
async function everyBundle(): Promise<readonly Bundle[]> {
  const bundles: Bundle[] = [];
  for (const run of runs)
    for (const extra of extras) {
      const more = extraListener(extra);
      const text = snapshotText({
        clusters: base.cluster,
        endpoints: [endpoints("a", ...run), endpoints("b", places[1])],
        listeners: [...base.listener, ...(more ? [more] : [])],
      });
      const { model } = resolveFiles([{ name: "snapshot.json", bytes: Buffer.from(text) }], {});
      bundles.push((await modelPacked(model)).bundle);
    }
  return bundles;
}

function applied(daemon: Daemon): number {
  return daemon.log.filter(({ msg }) => msg === "applied").length;
}

/** Changes something every few milliseconds, until it is stopped. */
function churn(plane: ControlPlane): { stop(): Promise<void> } {
  const random = createRandom(seed);
  let stopped = false;
  const work = async (): Promise<void> => {
    while (!stopped) {
      if (random.below(4) > 0) plane.change({ endpoint: [endpoints("a", ...runs[random.below(runs.length)]!)] });
      else {
        const extra = extraListener(extras[random.below(extras.length)]!);
        if (extra) plane.change({ listener: [extra] });
        else plane.change({}, { listener: ["c"] });
      }
      await pause(random.below(30));
    }
  };
  const done = work();
  return {
    stop() {
      stopped = true;
      return done;
    },
  };
}

killed("under a control plane that never rests", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder((folder) =>
        withNamespace([], async (namespace) => {
          const pins = join(bpf, "kmesh");
          const random = createRandom(seed + 1);
          const bundles = await everyBundle();
          const dumps = new Set(bundles.map(kernelDump));
          const plane = await startControlPlane();
          plane.change({ ...base, endpoint: [endpoints("a", places[0]), endpoints("b", places[1])] });
          const env = { ...process.env, XDS_PLAINTEXT: "true" };
          const start = (): Daemon => startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--xds", plane.address], env);
          const prober = await startProber(namespace, cgroup);
          const changes = churn(plane);
          const seen: BpfIds[] = [];
          let running: Daemon | undefined;
          const met = { starting: 0, ready: 0, busy: 0 };
          let startMs = 0;
          try {
            await prober.serve(places);
            for (let round = 0; round < kills; round++) {
              const from = performance.now();
              running = start();
              const moment = round === 0 ? "busy" : moments[random.below(moments.length)]!;
              met[moment]++;
              if (moment === "starting") await pause((random.below(1000) / 1000) * startMs);
              else {
                await running.ready(PATIENCE);
                startMs = performance.now() - from;
                if (round === 0) await prober.load(services);
                if (moment === "busy") await eventually("generations follow", async () => applied(running!) > 1, PATIENCE);
                await pause(random.below(400));
              }
              assert.is(await running.end("SIGKILL"), "SIGKILL", JSON.stringify(running.log.slice(-5)));
              const serving = servingDumps(pins);
              assert.ok(serving.length > 0, "nothing serves any more");
              for (const dump of serving) assert.ok(dumps.has(dump), `what serves is no generation, seed ${seed}:\n${dump}`);
              seen.push(idsOf(pins));
            }
            await changes.stop();
            plane.change({ listener: [extraListener("weighted")!], endpoint: [endpoints("a", places[1])] });
            running = start();
            await running.ready(PATIENCE);
            const caughtUp = async (): Promise<boolean> => (await prober.connect("10.0.0.3:80")).at === places[1];
            await eventually("the last daemon has caught up", caughtUp, PATIENCE);
            assert.is(await running.end("SIGTERM"), 0);
            assert.equal(plane.rejections(), []);
            const { generation } = readNumbers(kernel(), pins);
            seen.push(idsOf(pins));

            const counts = await prober.stop();
            const landings = Object.values(counts).flatMap((each) => Object.entries(each));
            const failed = landings.filter(([at]) => !(places as readonly string[]).includes(at));
            assert.equal(failed, [], `failed connections, seed ${seed}`);
            const last = await applyAll(pins, cgroup, bundles);
            await assertAsWithoutKills(last, join(bpf, "reference"), cgroup, bundles);
            detach(kernel(), pins);
            for (const ids of [...seen, last]) assert.equal(await leftOf(ids), [], `left in the kernel, seed ${seed}`);
            const total = landings.reduce((sum, [, count]) => sum + count, 0);
            tell(
              "MEASURED",
              `seed ${seed}: killed ${kills} daemons that follow a control plane (${met.starting} at their start, ${met.busy} amid changes), ${generation} generations: ` +
                `${total} connections, none failed, always whole, nothing left`,
            );
          } finally {
            await changes.stop();
            await running?.kill();
            await prober.end();
            plane.close();
          }
        }),
      ),
    ),
  ),
);

killed.run();
