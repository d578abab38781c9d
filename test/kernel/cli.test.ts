/** The binaries, each in a process of its own: what one applies works when it is gone, the next takes over, detach leaves nothing. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { writeBundle } from "../../compiler/bundle/index.ts";
import { openSession as openSnapshot } from "../../compiler/cli/session.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "./harness.ts";
import { idsOf, leftOf } from "./ids.ts";
import { kernelDump, type MeshWords, meshPacked, modelPacked } from "./mesh.ts";
import { startProber } from "./probe.ts";

const cli = kernelSuite("runtime cli");

const mesh: MeshWords = {
  clusters: { a: ["127.0.0.1:7001"], b: ["127.0.0.1:7002"] },
  services: { "10.0.0.1:80": "a", "10.0.0.2:80": "b" },
};

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(binary: "daemon" | "kmeshctl", args: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", `runtime/cli/${binary}.ts`, ...args], {
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

cli("apply, a connection, take-over, status, dump, detach", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace([], (namespace) =>
        withTempFolder(async (folder) => {
          const pins = join(bpf, "kmesh");
          const prober = await startProber(namespace, cgroup);
          try {
            await prober.serve(["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"]);
            const first = await meshPacked(mesh);
            writeBundle(join(folder, "first"), first);
            const second = await meshPacked({ ...mesh, clusters: { ...mesh.clusters, a: ["127.0.0.1:7003"] } });
            writeBundle(join(folder, "second"), second);

            const applied = run("daemon", ["apply", join(folder, "first"), "--cgroup", cgroup, "--pin", pins, "--json"]);
            assert.is(applied.code, 0, applied.err);
            assert.is((JSON.parse(applied.out) as { kind: string }).kind, "generation");
            assert.equal(await prober.connect("10.0.0.1:80"), { at: "127.0.0.1:7001", peer: "10.0.0.1:80" });
            assert.is(run("kmeshctl", ["dump", "--pin", pins]).out, kernelDump(first.bundle));

            const again = run("daemon", ["apply", join(folder, "second"), "--pin", pins]);
            assert.match(again.out, /^generation 1: one cluster's endpoints changed/);
            assert.is((await prober.connect("10.0.0.1:80")).at, "127.0.0.1:7003");
            assert.is(run("kmeshctl", ["dump", "--pin", pins]).out, kernelDump(second.bundle));

            const status = run("kmeshctl", ["status", "--pin", pins, "--json"]);
            assert.equal((JSON.parse(status.out) as { kernel: { counters: unknown } }).kernel.counters, { forwarded: 2 });
            assert.match(run("kmeshctl", ["status", "--pin", pins]).out, new RegExp(`connect4: km_connect4 .* on cgroup ${cgroup} `));

            const ids = idsOf(pins);
            assert.is(run("daemon", ["detach", "--pin", pins]).code, 0);
            assert.equal(await leftOf(ids), []);
            assert.not.ok(kernel().listPins(bpf).includes("kmesh"));
            assert.is((await prober.connect("10.0.0.1:80")).at, "ENETUNREACH");
          } finally {
            await prober.end();
          }
        }),
      ),
    ),
  ),
);

cli("a captured mesh that is applied again is what runs, by whoever applied it", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const [pins, captured] = [join(bpf, "kmesh"), join(folder, "captured")];
        writeBundle(captured, await modelPacked(openSnapshot("fixtures/realistic-mixed/snapshot.json").model));
        const apply = () => run("daemon", ["apply", captured, "--cgroup", cgroup, "--pin", pins]);
        assert.match(apply().out, /^generation 1 published/);
        for (const { out, err } of [apply(), apply()]) {
          assert.match(out, /^generation 1 is what the bundle says/);
          assert.is(err, "");
        }
        // Somebody wrote there: what serves is not gone on with, and the command says so.
        const set = kernel()
          .listPins(pins)
          .find((name) => name.startsWith("set_"))!;
        rmSync(join(pins, set, "manifest_1"));
        const { out, err } = apply();
        assert.match(out, /^generation 2 published/);
        assert.match(err, /^error KM6205 .*the manifest of generation 1 is missing/);
        assert.is(run("daemon", ["detach", "--pin", pins]).code, 0);
      }),
    ),
  ),
);

cli("what is refused leaves what runs, with code, cause and remedy", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const pins = join(bpf, "kmesh");
        const good = join(folder, "good");
        writeBundle(good, await meshPacked(mesh));
        const bad = join(folder, "bad");
        mkdirSync(bad);
        writeFileSync(join(bad, "manifest.json"), "{");
        const noPrograms = join(folder, "no-programs");
        writeBundle(noPrograms, await meshPacked(mesh, { noObjects: true }));
        const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
          [["apply", bad, "--cgroup", cgroup, "--pin", pins], 1, /KM6002/],
          [["apply", join(folder, "nope"), "--cgroup", cgroup, "--pin", pins], 2, /nope: no such folder/],
          [["apply", folder, "--cgroup", cgroup, "--pin", pins], 2, /holds no bundle \(manifest\.json\)/],
          [["apply", good, "--cgroup", folder, "--pin", pins], 1, /KM6106.*\n.*hint: grep cgroup2/],
          [["apply", good, "--cgroup", cgroup, "--pin", join(folder, "pins")], 1, /KM6105.*\n.*hint: mount -t bpf/],
          [["apply", good, "--pin", pins], 1, /KM6203/],
          [["apply", noPrograms, "--cgroup", cgroup, "--pin", pins], 1, /KM6202/],
          [["apply"], 2, /one bundle/],
          [["apply", good, "--nope"], 2, /--nope/],
          [["explode"], 2, /unknown command "explode"/],
          [["detach", "--pin", pins], 1, /KM6204/],
        ];
        for (const [args, code, words] of cases) {
          const result = run("daemon", args);
          assert.is(result.code, code, `${args.join(" ")}: ${result.err}`);
          assert.match(result.err, words);
          assert.is(result.out, "");
        }
        assert.match(run("kmeshctl", ["status", "--pin", pins]).err, /KM6204/);
        assert.not.ok(kernel().listPins(bpf).includes("kmesh"), "nothing is left of failed first applies");
      }),
    ),
  ),
);

cli("help answers without the kernel", () => {
  for (const binary of ["daemon", "kmeshctl"] as const) {
    const start = performance.now();
    const { code, out } = run(binary, ["--help"]);
    assert.is(code, 0);
    assert.match(out, /^kmesh(-daemon|ctl): /);
    assert.ok(performance.now() - start < 5000);
  }
});

cli.run();
