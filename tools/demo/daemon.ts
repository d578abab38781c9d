/**
 * `make demo-daemon`: a control plane serves a mesh that a real istiod described, `kmesh-daemon run` follows it, and a client connects
 * without pause while weights and endpoints change, while the daemon is killed, and while another one takes over. Everything happens in a
 * throw-away cgroup, network namespace and BPF file system. Where this machine can't (not root, no BPF) it says so.
 */

import { readPublished } from "../../runtime/status/index.ts";
import { type Daemon, eventually, startDaemon } from "../../test/kernel/daemon.ts";
import { kernel, whyNot, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "../../test/kernel/harness.ts";
import { startProber } from "../../test/kernel/probe.ts";
import { type ControlPlane, objectsIn, startControlPlane } from "./control-plane.ts";
import { landingsOf, setWeights, snapshot, weighted } from "./weights.ts";

/** Five endpoints, equal shares. */
const service = { cluster: "outbound|9000||dual.shop.svc.cluster.local", to: "10.96.108.18:9000", leaves: "10.244.1.13:9000" };
const draws = 200;

const reason = whyNot();
if (reason !== undefined) console.log(`SKIPPED: this machine can't load programs (${reason})`);
else await demo();

async function demo(): Promise<void> {
  const routes = ["route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"];
  await withBpfFolder((bpf) =>
    withCgroup((cgroup) => withTempFolder((folder) => withNamespace(routes, (namespace) => steer(bpf, cgroup, folder, namespace)))),
  );
}

async function steer(bpf: string, cgroup: string, folder: string, namespace: string): Promise<void> {
  const pins = `${bpf}/kmesh`;
  const plane = await startControlPlane(snapshot);
  const env = { ...process.env, XDS_PLAINTEXT: "true" };
  const start = (): Daemon => startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--xds", plane.address], env);
  const generations: number[] = [];
  const seen = (): void => {
    const { generation } = readPublished(kernel(), pins).header;
    if (generations.at(-1) !== generation) generations.push(generation);
  };
  let daemon = start();
  const prober = await startProber(namespace, cgroup);
  /** Share of 200 connections that land on one endpoint. */
  const shareOf = async (to: string, at: string): Promise<number> => ((await prober.burst(to, draws))[at] ?? 0) / draws;
  const becomes = async (to: string, at: string, what: string, fits: (share: number) => boolean): Promise<void> => {
    let share = 0;
    await eventually(what, async () => {
      share = await shareOf(to, at);
      return fits(share);
    });
    seen();
    console.log(`  ${what}: ${(share * 100).toFixed(0)}% of ${draws} connections to ${to} land on ${at}`);
  };
  try {
    title("1. A control plane, the daemon, a client");
    await prober.servePorts([9000]);
    await daemon.ready();
    seen();
    console.log(`  ${plane.address} serves ${snapshot}; generation ${generations[0]} is published`);
    await becomes(weighted.to, weighted.v2, "a quarter by weight", (share) => share > 0.1 && share < 0.4);
    await prober.load([weighted.to, service.to]);

    title("2. Weights change: 10 to 90 instead of 75 to 25");
    setWeights(plane, [10, 90]);
    await becomes(weighted.to, weighted.v2, "nine tenths", (share) => share > 0.8);

    title(`3. An endpoint leaves: ${service.leaves}`);
    setHealth(plane, "UNHEALTHY");
    await becomes(service.to, service.leaves, "no more", (share) => share === 0);

    title("4. The daemon is killed; meanwhile the endpoint comes back, and the weights too");
    await daemon.end("SIGKILL");
    setHealth(plane, "HEALTHY");
    setWeights(plane, [75, 25]);
    await becomes(weighted.to, weighted.v2, "what was published goes on", (share) => share > 0.8);

    title("5. Another daemon starts");
    daemon = start();
    await becomes(service.to, service.leaves, "it is back", (share) => share > 0.05);
    await becomes(weighted.to, weighted.v2, "a quarter again", (share) => share > 0.1 && share < 0.4);
    console.log(`  its log: ${daemon.log.map(({ msg }) => msg).join("; ")}`);
    const code = await daemon.end("SIGTERM");

    const { total, failed } = landingsOf(await prober.stop());
    title("Result");
    for (const text of plane.rejections()) console.log(`  rejected: ${text}`);
    console.log(`  ${total} connections without pause, failed: ${failed.length === 0 ? "none" : JSON.stringify(failed)}`);
    console.log(`  generations seen: ${generations.join(", ")}; the last daemon ended with ${code}`);
    process.exitCode = failed.length === 0 && total > 0 && code === 0 ? 0 : 1;
  } finally {
    await daemon.kill();
    await prober.end();
    plane.close();
  }
}

function setHealth(plane: ControlPlane, health: "HEALTHY" | "UNHEALTHY"): void {
  const [address] = service.leaves.split(":");
  plane.edit("endpoint", service.cluster, (assignment) => {
    for (const object of objectsIn(assignment))
      if (object["endpoint"] !== undefined && JSON.stringify(object["endpoint"]).includes(`"${address}"`)) object["health_status"] = health;
  });
}

function title(text: string): void {
  console.log(`\n== ${text}`);
}
