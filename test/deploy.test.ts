/** deploy/: what its files say agrees with the daemon's own declarations, and what the image holds is enough to run. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { metricsRoutes } from "../runtime/admin/routes.ts";
import { type Settings, settingsOf } from "../runtime/cli/settings.ts";
import { identityFromEnv } from "../runtime/xds/identity.ts";
import { readPodTemplate } from "../tools/image/manifest.ts";

const deploy = suite("deploy");

const { spec: pod, metadata } = readPodTemplate();
const [container] = pod.containers;
const unit = readFileSync("deploy/kmesh-daemon.service", "utf8");
const dockerfile = readFileSync("deploy/Dockerfile", "utf8").replace(/\\\n/g, " ").split("\n");
const source = readFileSync("runtime/cli/run.ts", "utf8");

/** What `kmesh-daemon run` asks for at its start. */
const capabilities = (JSON.parse(/requireCapabilities\((\[.*?\])\)/.exec(source)![1]!) as string[]).sort();
const documented = readFileSync("docs/daemon.md", "utf8");

function settings([command, ...args]: readonly string[]): Settings {
  assert.is(command, "run");
  return settingsOf([...args]);
}

function unitLines(name: string): readonly string[] {
  return unit.split("\n").flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
}

deploy("the DaemonSet's options are the daemon's, and every folder they name is mounted", () => {
  const { cgroup, pin, state } = settings(container.args);
  for (const path of [cgroup, pin, state]) {
    const mount = container.volumeMounts.find(({ mountPath }) => `${path}/`.startsWith(`${mountPath}/`));
    assert.ok(mount, `nothing is mounted for ${path}`);
    assert.is(Boolean(mount.readOnly), path === cgroup, path);
  }
  const volumes = pod.volumes.map(({ name }) => name).sort();
  assert.equal(container.volumeMounts.map(({ name }) => name).sort(), volumes);
});

deploy("the DaemonSet's environment is what the daemon reads, and its identity files are mounted", () => {
  const env = Object.fromEntries(container.env.map(({ name, value = "10.0.0.1" }) => [name, value]));
  for (const name of Object.keys(env)) assert.ok(documented.includes(name), `${name} is not in docs/daemon.md`);
  const { security, address } = identityFromEnv(env, { version: "" }, ({ message }) => assert.unreachable(message));
  assert.is(address, env["XDS_ADDRESS"]);
  assert.ok(security.kind === "tls");
  for (const file of [security.rootCertFile!, security.tokenFile!])
    assert.ok(
      container.volumeMounts.some(({ mountPath }) => mountPath === dirname(file)),
      `nothing is mounted for ${file}`,
    );
});

deploy("rights: the DaemonSet and the unit give exactly the capabilities that run asks for", () => {
  assert.equal([...container.securityContext.capabilities.add].sort(), capabilities);
  assert.equal(container.securityContext.capabilities.drop, ["ALL"]);
  for (const name of ["CapabilityBoundingSet", "AmbientCapabilities"]) {
    const given = unitLines(name).flatMap((line) => line.split(" "));
    assert.equal(given.map((each) => each.replace("CAP_", "")).sort(), capabilities, name);
  }
  for (const name of capabilities) assert.ok(documented.includes(`| CAP_${name} |`), `CAP_${name} is not in docs/daemon.md`);
});

deploy("probes and scrapes ask paths that there are, on the port that there is", () => {
  const { metrics } = settings(container.args);
  assert.ok(metrics?.kind === "tcp");
  assert.equal(container.ports, [{ name: "metrics", containerPort: metrics.port }]);
  const paths = Object.values(metricsRoutes).map(({ path }) => path) as readonly string[];
  for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"] as const) {
    const { httpGet } = container[probe];
    assert.is(httpGet.port, "metrics", probe);
    assert.ok(paths.includes(httpGet.path), `${probe}: ${httpGet.path}`);
  }
  assert.ok(paths.includes(metadata.annotations["prometheus.io/path"]!));
  assert.is(metadata.annotations["prometheus.io/port"], String(metrics.port));
});

deploy("the unit's command is a binary of the package with options that it has", () => {
  const [command = "", ...args] = unitLines("ExecStart")[0]!.split(" ");
  const { bin } = parse(readFileSync("package.json", "utf8")) as { readonly bin: Readonly<Record<string, string>> };
  assert.ok(command.replace("/usr/bin/", "") in bin);
  settings(args);
});

deploy("the unit is one that systemd understands, where it is: a machine without it runs no units", () => {
  if (spawnSync("systemd-analyze", ["--version"]).status !== 0) return;
  const folder = mkdtempSync(join(tmpdir(), "kmesh-unit-"));
  try {
    const file = join(folder, "kmesh-daemon.service");
    // The command is where the package is installed, not here.
    writeFileSync(file, unit.replace("/usr/bin/kmesh-daemon", process.execPath));
    const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
    assert.equal(
      stderr.split("\n").filter((line) => line.includes("kmesh-daemon")),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

deploy("the Dockerfile copies what there is, and its commands are the package's", () => {
  const { bin } = parse(readFileSync("package.json", "utf8")) as { readonly bin: Readonly<Record<string, string>> };
  const links = [...dockerfile.join("\n").matchAll(/ln -s \/opt\/kmesh\/(\S+) \/usr\/local\/bin\/(\S+)/g)];
  assert.equal(Object.fromEntries(links.map(([, file, name]) => [name, file])), bin);
  for (const path of copied("COPY ")) assert.ok(existsSync(path), `${path} is not there`);
  const entry = /^ENTRYPOINT (.*)$/m.exec(dockerfile.join("\n"))![1]!;
  assert.equal(JSON.parse(entry), container.command);
});

deploy("what the image holds is enough: the daemon starts, a snapshot is compiled and proven", () => {
  if (!existsSync("dist/compiler/cli/main.js")) throw new Error("dist/ is not built: make build");
  const image = mkdtempSync(join(tmpdir(), "kmesh-image-"));
  try {
    for (const path of copied("COPY --from=build ")) {
      mkdirSync(dirname(join(image, path)), { recursive: true });
      // Links would lead Node back to this folder.
      if (path === "node_modules") symlinkSync(join(process.cwd(), path), join(image, path));
      else execFileSync("cp", ["-r", path, join(image, path)]);
    }
    const run = (...args: readonly string[]): string =>
      execFileSync(process.execPath, args, { cwd: image, encoding: "utf8", env: { PATH: "", KMESH_CLANG: "/nonexistent" } });
    assert.match(run("dist/runtime/cli/daemon.js", "--version"), /^kmesh-daemon \d/);
    assert.match(run("dist/runtime/cli/kmeshctl.js", "--version"), /^kmeshctl \d/);
    const snapshot = join(process.cwd(), "fixtures/istio-outbound/snapshot.json");
    run("dist/compiler/cli/main.js", "compile", snapshot, "-o", join(image, "bundle"));
    assert.ok(existsSync(join(image, "bundle/objects/connect.bpf.o")));
  } finally {
    rmSync(image, { recursive: true, force: true });
  }
});

/** Paths in the repository that lines which begin so copy. */
function copied(start: string): readonly string[] {
  return dockerfile
    .filter((line) => line.startsWith(start) && (start !== "COPY " || !line.includes("--from")))
    .flatMap((line) => line.slice(start.length).split(/\s+/).slice(0, -1))
    .map((path) => path.replace("/opt/kmesh/", ""));
}

deploy.run();
