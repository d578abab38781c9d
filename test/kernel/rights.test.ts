/** What the daemon needs of the kernel's capabilities, found out by running it with exactly those. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { writeBundle } from "../../compiler/bundle/index.ts";
import { type KernelError, requireCapabilities } from "../../runtime/kernel/index.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withTempFolder } from "./harness.ts";
import { meshPacked } from "./mesh.ts";

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

rights("apply works with three capabilities, and says which are missing", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const bundle = join(folder, "bundle");
        writeBundle(bundle, await meshPacked({ clusters: { a: ["127.0.0.1:7001"] }, services: { "10.0.0.1:80": "a" } }));
        const pin = join(bpf, "kmesh");
        const apply = ["apply", bundle, "--cgroup", cgroup, "--pin", pin];
        const { code, text } = runWith(["bpf", "perfmon"], "daemon", apply);
        assert.is(code, 1, text);
        assert.match(text, /^error KM6110 kmesh-daemon: this process lacks CAP_NET_ADMIN \([^;]*\)\n {2}hint: .*CAP_PERFMON/);
        const three = ["bpf", "net_admin", "perfmon"];
        const applied = runWith(three, "daemon", apply);
        assert.is(applied.code, 0, applied.text);
        assert.match(applied.text, /^generation 1 published/);
        assert.is(statSync(pin).mode & 0o777, 0o700);

        // Reading back by id is CAP_SYS_ADMIN's alone: the day that a kernel gives it to CAP_BPF, run needs one capability less.
        const read = runWith(three, "kmeshctl", ["status", "--pin", pin]);
        assert.is(read.code, 1, read.text);
        assert.match(read.text, /KM6101 .*_by_id .*EPERM\n {2}hint: .*CAP_SYS_ADMIN/);
        assert.is(runWith(["bpf", "sys_admin"], "kmeshctl", ["status", "--pin", pin]).code, 0);
        const follow = runWith(three, "daemon", ["run", "--cgroup", cgroup, "--pin", pin, "--snapshot", "absent", "--state", folder]);
        assert.is(follow.code, 1, follow.text);
        assert.match(follow.text, /KM6110 .*lacks CAP_SYS_ADMIN/);
        assert.is(runWith(three, "daemon", ["detach", "--pin", pin]).code, 0);
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
  requireCapabilities(["BPF", "PERFMON", "SYS_ADMIN"], status(1n << 21n));
  assert.throws(() => requireCapabilities(["NET_ADMIN"], status(1n << 21n)), /lacks CAP_NET_ADMIN/);
  assert.throws(() => requireCapabilities(["BPF", "NET_ADMIN"], status(0n)), /lacks CAP_BPF .*; CAP_NET_ADMIN/);
});

rights.run();
