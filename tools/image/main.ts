/**
 * `make test-image`: builds the image of deploy/Dockerfile and runs it as deploy/daemonset.yaml says, against a control plane of this machine:
 * killed, started again, replaced by another tag, and not one failed connection. ENGINE names podman or docker, IMAGE an image that is built
 * already, OPTIONS what else `run` is given.
 */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../../test/kernel/daemon.ts";
import { whyNot, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "../../test/kernel/harness.ts";
import { startProber } from "../../test/kernel/probe.ts";
import { startControlPlane } from "../demo/control-plane.ts";
import { landingsOf, setWeights, snapshot, weighted } from "../demo/weights.ts";
import { engineOptions, readPodTemplate } from "./manifest.ts";

const run = promisify(execFile);
const { spec } = readPodTemplate();
const [container] = spec.containers;
const name = `kmesh-test-${process.pid}`;

const engine = await findEngine();
const reason = engine === undefined ? "neither podman nor docker is here; ENGINE names another" : whyNot();
if (reason !== undefined) {
  console.error(`make test-image can't run: ${reason}`);
  process.exitCode = 1;
} else await withMachine();

async function findEngine(): Promise<string | undefined> {
  for (const candidate of process.env["ENGINE"] ? [process.env["ENGINE"]] : ["podman", "docker"])
    if (await run(candidate, ["--version"]).catch(() => undefined)) return candidate;
  return undefined;
}

/** What the engine prints; its errors are this program's. */
async function ask(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(engine!, args, { maxBuffer: 64 << 20 });
  return stdout.trim();
}

async function withMachine(): Promise<void> {
  const image = process.env["IMAGE"] ?? (await build());
  const tags = [image, `${image.replace(/:[^:/]*$/, "")}:${name}`] as const;
  await ask("tag", ...tags);
  console.log(`${image}: ${Math.round(Number(await ask("image", "inspect", "--format", "{{.Size}}", image)) / 1e6)} MB`);
  const routes = ["route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"];
  try {
    await withBpfFolder((bpf) =>
      withCgroup((cgroup) => withTempFolder((folder) => withNamespace(routes, (namespace) => check(tags, bpf, cgroup, folder, namespace)))),
    );
  } finally {
    await ask("rmi", tags[1]);
  }
}

async function build(): Promise<string> {
  await ask("build", "--file", "deploy/Dockerfile", "--tag", "kmesh:test", ".");
  return "kmesh:test";
}

async function check(
  [image, other]: readonly [string, string],
  bpf: string,
  cgroup: string,
  folder: string,
  namespace: string,
): Promise<void> {
  const plane = await startControlPlane(snapshot);
  const prober = await startProber(namespace, cgroup);
  const state = join(folder, "state");
  mkdirSync(state);
  const options = engineOptions(container, { bpffs: bpf, cgroup: dirname(cgroup), state, tmp: "" });
  const args = container.args.map((arg) => (arg.startsWith("--cgroup=") ? `--cgroup=/host/cgroup/${basename(cgroup)}` : arg));
  const start = async (of: string): Promise<void> => {
    const env = [`--env=XDS_ADDRESS=${plane.address}`, "--env=XDS_PLAINTEXT=true"];
    const more = process.env["OPTIONS"]?.split(" ") ?? [];
    await ask("run", "--detach", `--name=${name}`, "--network=host", ...options, ...env, ...more, of, ...args);
    await eventually(`${of} is ready`, async () => {
      const alive = (await ask("inspect", "--format", "{{.State.Running}}", name)) === "true";
      if (!alive) throw new Error(`the container ended: ${(await run(engine!, ["logs", name])).stderr}`);
      return answers(container.readinessProbe.httpGet.path);
    });
    console.log(`${of} is ready`);
  };
  /** Its log must be lines of JSON, all of it. */
  const remove = async (): Promise<void> => {
    const { stdout, stderr } = await run(engine!, ["logs", name]);
    for (const line of `${stdout}${stderr}`.trim().split("\n")) JSON.parse(line);
    await ask("rm", name);
  };
  const becomes = (what: string, fits: (share: number) => boolean): Promise<void> =>
    eventually(what, async () => fits(((await prober.burst(weighted.to, 200))[weighted.v2] ?? 0) / 200));
  try {
    await prober.servePorts([9000]);
    await start(image);
    await becomes("a quarter by weight", (share) => share > 0.1 && share < 0.4);
    await prober.load([weighted.to]);
    for (const command of ["status", "version"]) await ask("exec", name, "kmeshctl", command);
    console.log("steered; kmeshctl answers inside");

    await ask("kill", "--signal=KILL", name);
    setWeights(plane, [10, 90]);
    await becomes("what was published goes on", (share) => share > 0.1 && share < 0.4);
    await remove();
    await start(image);
    await becomes("nine tenths after a kill", (share) => share > 0.8);
    console.log("killed and started again: it follows");

    await ask("stop", `--time=${spec.terminationGracePeriodSeconds}`, name);
    const code = await ask("inspect", "--format", "{{.State.ExitCode}}", name);
    if (code !== "0") throw new Error(`SIGTERM ended it with ${code}`);
    await remove();
    await start(other);
    setWeights(plane, [75, 25]);
    await becomes("a quarter again, by the other tag", (share) => share > 0.1 && share < 0.4);
    console.log("stopped, and replaced by another tag: it follows");

    const { total, failed } = landingsOf(await prober.stop());
    console.log(`${total} connections without pause, failed: ${failed.length === 0 ? "none" : JSON.stringify(failed)}`);
    process.exitCode = failed.length === 0 && total > 0 ? 0 : 1;
  } finally {
    await run(engine!, ["rm", "--force", name]).catch(() => undefined);
    await prober.end();
    plane.close();
  }
}

/** On the port of the manifest, as the kubelet asks. */
async function answers(path: string): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${container.ports[0]!.containerPort}${path}`).catch(() => undefined);
  return response?.status === 200;
}
