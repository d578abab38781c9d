/** What the daemon needs of the kernel's capabilities, found out by running it with exactly those. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { writeBundle } from "../../compiler/bundle/index.ts";
import { eds, endpoints, listener, snapshotText } from "../../runtime/follow/test/mesh.ts";
import { type KernelError, requireCapabilities } from "../../runtime/kernel/index.ts";
import { type Daemon, eventually, startDaemon } from "./daemon.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "./harness.ts";
import { meshPacked } from "./mesh.ts";
import { startProber } from "./probe.ts";

const rights = kernelSuite("rights");

interface Run {
  readonly code: number | null;
  readonly text: string;
}

/** With these capabilities and no others, as root. */
function runWith(capabilities: readonly string[], binary: "daemon" | "kmeshctl", args: readonly string[]): Run {
  const list = ["-all", ...capabilities.map((name) => `+${name}`)].join(",");
  const command = [process.execPath, "--import", "tsx", `runtime/cli/${binary}.ts`, ...args];
  const { status, stdout, stderr } = spawnSync("setpriv", [`--bounding-set=${list}`, `--inh-caps=${list}`, "--", ...command], {
    encoding: "utf8",
  });
  return { code: status, text: stdout + stderr };
}

const three = ["bpf", "net_admin", "perfmon"];
const services = { a: "10.0.0.1:80", b: "10.0.0.2:80" } as const;
const places = ["127.0.0.1:7001", "127.0.0.2:7001"] as const;

/** One cluster; where it is weighted against another one, the programs are of another shape. */
function snapshot(at: string, weighted: boolean): string {
  const proxy = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    stat_prefix: "tcp",
    weighted_clusters: { clusters: ["a", "b"].map((name) => ({ name, weight: 1 })) },
  };
  const split = { filter_chains: [{ filters: [{ name: "envoy.filters.network.tcp_proxy", typed_config: proxy }] }] };
  return snapshotText({
    clusters: [eds("a"), eds("b")],
    endpoints: [endpoints("a", at), endpoints("b", at)],
    listeners: [listener("a", services.a, "a"), ...(weighted ? [{ ...listener("b", services.b, "b"), ...split }] : [])],
  });
}

rights("apply, read and detach with three capabilities; what is missing is named", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const bundle = join(folder, "bundle");
        const shape = join(folder, "shape");
        writeBundle(bundle, await meshPacked({ clusters: { a: [places[0]] }, services: { "10.0.0.1:80": "a" } }));
        writeBundle(shape, await meshPacked({ clusters: { a: [places[0]], b: [places[1]] }, services: { "10.0.0.1:80": { a: 1, b: 1 } } }));
        const pin = join(bpf, "kmesh");
        const apply = (path: string): readonly string[] => ["apply", path, "--cgroup", cgroup, "--pin", pin];
        const { code, text } = runWith(["bpf", "perfmon"], "daemon", apply(bundle));
        assert.is(code, 1, text);
        assert.match(text, /^error KM6110 kmesh-daemon: this process lacks CAP_NET_ADMIN \([^;]*\)\n {2}hint: .*CAP_PERFMON/);
        const succeeds = (
          capabilities: readonly string[],
          binary: "daemon" | "kmeshctl",
          args: readonly string[],
          expected: RegExp,
        ): void => {
          const run = runWith(capabilities, binary, args);
          assert.is(run.code, 0, run.text);
          assert.match(run.text, expected);
        };
        succeeds(three, "daemon", apply(bundle), /^generation 1 published/);
        assert.is(statSync(pin).mode & 0o777, 0o700);
        // Another shape: programs of the one before are opened again, links are swapped.
        succeeds(three, "daemon", apply(shape), /^generation 2 published.*programs loaded/);
        succeeds(three, "daemon", apply(bundle), /^generation 3 published.*programs loaded/);
        succeeds(["bpf"], "kmeshctl", ["status", "--pin", pin], /km_connect4/);
        succeeds(["bpf"], "kmeshctl", ["dump", "--pin", pin], /127\.0\.0\.1:7001/);
        const absent = join(folder, "bpf", "kmesh");
        const mount = runWith(three, "daemon", ["apply", bundle, "--cgroup", cgroup, "--pin", absent, "--mount"]);
        assert.match(mount.text, /KM6101 .*mount .*EPERM\n {2}hint: .*CAP_SYS_ADMIN/);
        const none = runWith([], "daemon", ["detach", "--pin", pin]);
        assert.match(none.text, /^error KM6110 .*CAP_BPF/);
        succeeds(["bpf"], "daemon", ["detach", "--pin", pin], /^detached/);
        assert.not(existsSync(pin));
      }),
    ),
  ),
);

rights("run follows, is killed, takes over and changes shapes with three capabilities", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace([], (namespace) =>
        withTempFolder(async (folder) => {
          const pin = join(bpf, "kmesh");
          const file = join(folder, "snapshot.json");
          const write = (text: string): void => {
            writeFileSync(`${file}.part`, text);
            renameSync(`${file}.part`, file);
          };
          const args = ["--cgroup", cgroup, "--pin", pin, "--snapshot", file];
          const list = ["-all", ...three.map((name) => `+${name}`)].join(",");
          const command = [process.execPath, "--import", "tsx", "runtime/cli/daemon.ts"];
          const start = (): Daemon =>
            startDaemon(folder, args, process.env, ["setpriv", `--bounding-set=${list}`, `--inh-caps=${list}`, "--", ...command]);
          write(snapshot(places[0], false));
          const prober = await startProber(namespace, cgroup);
          let running = start();
          const leads = (to: string, at: string): Promise<void> =>
            eventually(`${to} leads to ${at}`, async () => (await prober.connect(to)).at === at);
          try {
            await prober.serve(places);
            await running.ready();
            await leads(services.a, places[0]);
            assert.is(await running.end("SIGKILL"), "SIGKILL");
            running = start();
            await running.ready();
            write(snapshot(places[1], false));
            await leads(services.a, places[1]);
            write(snapshot(places[0], true));
            await leads(services.b, places[0]);
            const status = await running.get("/debug/status");
            assert.is(status.status, 200, status.text);
            assert.is(await running.end("SIGTERM"), 0);
            assert.equal(
              running.log.filter(({ level }) => level === "error" || level === "warn"),
              [],
            );
          } finally {
            await running.kill();
            await prober.end();
          }
          assert.is(runWith(three, "daemon", ["detach", "--pin", pin]).code, 0);
        }),
      ),
    ),
  ),
);

rights("folders that can't be written are told of at the start, in a line of the log", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const file = join(folder, "snapshot.json");
        writeFileSync(file, snapshot(places[0], false));
        const readOnly = join(folder, "read-only");
        mkdirSync(readOnly);
        const command = [process.execPath, "--import", "tsx", "runtime/cli/daemon.ts", "run", "--snapshot", file, "--metrics", "off"];
        const refused = (pin: string, state: string, wrapper: readonly string[] = []): Readonly<Record<string, string>> => {
          const args = ["--cgroup", cgroup, "--pin", pin, "--state", state, "--admin", `unix:${join(folder, "admin.sock")}`];
          const [first, ...rest] = [...wrapper, ...command, ...args];
          const { status, stderr, stdout } = spawnSync(first!, rest, { encoding: "utf8", timeout: 60_000 });
          assert.is(status, 1, stderr);
          assert.is(stdout, "");
          assert.is(stderr.trim().split("\n").length, 1, stderr);
          return JSON.parse(stderr) as Record<string, string>;
        };
        const pin = join(bpf, "kmesh");
        const theirs = join(bpf, "theirs");
        mkdirSync(theirs, { mode: 0o700 });
        chownSync(theirs, 12_345, 12_345);
        const list = ["-all", ...three.map((name) => `+${name}`)].join(",");
        const others = refused(join(theirs, "kmesh"), folder, ["setpriv", `--bounding-set=${list}`, `--inh-caps=${list}`, "--"]);
        assert.match(others["hint"]!, /belong to the user .*uid 0/);
        assert.match(`${others["code"]} ${others["msg"]}`, /^KM6112 .*bpf.* failed: EACCES$/);
        execFileSync("mount", ["--bind", "-o", "ro", bpf, readOnly]);
        try {
          const state = refused(pin, readOnly);
          assert.match(`${state["code"]} ${state["path"]} ${state["msg"]}`, /^KM6304 \S*read-only EROFS/);
          mkdirSync(join(bpf, "there"));
          for (const name of ["there", "new", "a/b"]) {
            const pins = refused(join(readOnly, name), folder);
            assert.match(`${pins["code"]} ${pins["msg"]}`, /^KM6112 .*read-only.* failed: EROFS$/);
            assert.match(pins["hint"]!, /volumeMounts.*ReadWritePaths/);
          }
        } finally {
          execFileSync("umount", [readOnly]);
        }
      }),
    ),
  ),
);

rights("a pin folder that others may write to is refused, one that is mounted for it is closed to them", () =>
  withBpfFolder((bpf) => {
    const pin = join(bpf, "open");
    mkdirSync(pin);
    for (const mode of [0o777, 0o1777, 0o720]) {
      chmodSync(pin, mode);
      assert.throws(
        () => kernel().makePinFolder(pin, false),
        (error: KernelError) => error.code === "KM6111",
      );
    }
    chmodSync(pin, 0o755);
    kernel().makePinFolder(pin, false);
    return withTempFolder((folder) => {
      const mounted = join(folder, "bpf");
      kernel().makePinFolder(mounted, true);
      try {
        assert.is(statSync(mounted).mode & 0o777, 0o700);
      } finally {
        execFileSync("umount", [mounted]);
      }
    });
  }),
);

rights("CAP_SYS_ADMIN stands for BPF and PERFMON, not for NET_ADMIN", () => {
  const status = (bits: bigint): string => `CapPrm:\tffffffffffffffff\nCapEff:\t${bits.toString(16).padStart(16, "0")}\n`;
  requireCapabilities(["BPF", "PERFMON"], status(1n << 21n));
  assert.throws(() => requireCapabilities(["NET_ADMIN"], status(1n << 21n)), /lacks CAP_NET_ADMIN/);
  assert.throws(() => requireCapabilities(["BPF", "NET_ADMIN"], status(0n)), /lacks CAP_BPF .*; CAP_NET_ADMIN/);
});

rights.run();
