/** A daemon below its own --cgroup: its connections are not steered, others are; whoever else is in its cgroup is as it. */
import { mkdirSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { detach, openSession } from "../../runtime/apply/index.ts";
import { eds, endpoints, listener, snapshotText } from "../../runtime/follow/test/mesh.ts";
import { readStatus } from "../../runtime/status/index.ts";
import { startControlPlane } from "./control-plane.ts";
import { startDaemon } from "./daemon.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "./harness.ts";
import { meshBundle } from "./mesh.ts";
import { startProber } from "./probe.ts";

const own = kernelSuite("own cgroup");

/** An address that has a server of its own, too: where connections go that are not steered. */
const service = "127.0.0.9:80";
const endpoint = "127.0.0.1:7001";
const mesh = { clusters: { a: [endpoint], none: [] }, services: { [service]: "a", "127.0.0.8:80": "none" } } as const;

/** Two cgroups below one. */
function withFamily(action: (parent: string, daemon: string, pod: string) => Promise<void>): Promise<void> {
  return withCgroup(async (parent) => {
    const [daemon, pod] = [join(parent, "daemon"), join(parent, "pod")] as const;
    mkdirSync(daemon);
    mkdirSync(pod);
    try {
      await action(parent, daemon, pod);
    } finally {
      rmdirSync(daemon);
      rmdirSync(pod);
    }
  });
}

/** The command of a daemon that runs in a cgroup from its first instruction on. */
const daemonIn = (cgroup: string): readonly string[] => [
  ...["sh", "-c", `echo $$ > ${cgroup}/cgroup.procs; exec "$@"`, "sh"],
  ...[process.execPath, "--import", "tsx", "runtime/cli/daemon.ts"],
];

const idOf = (folder: string): bigint => statSync(folder, { bigint: true }).ino;

own("connections of one cgroup pass, from the first generation on, over restarts and other versions", () =>
  withBpfFolder((bpf) =>
    withFamily((parent, daemon, pod) =>
      withNamespace([], async (namespace) => {
        const pins = join(bpf, "kmesh");
        const [inDaemon, inPod] = [await startProber(namespace, daemon), await startProber(namespace, pod)];
        const lands = async (to: string): Promise<readonly string[]> => [(await inDaemon.connect(to)).at, (await inPod.connect(to)).at];
        const other = "0123456789ab".repeat(5);
        try {
          await inPod.serve([service, endpoint, "127.0.0.8:80"]);
          const session = openSession(kernel(), pins, { daemon: { cgroup: idOf(daemon) } });
          await session.apply(await meshBundle(mesh), parent);
          session.close();
          assert.equal(await lands(service), [service, endpoint]);
          assert.equal(await lands("127.0.0.8:80"), ["127.0.0.8:80", "EPERM"], "refusals are not for it either");
          assert.is(readStatus(kernel(), pins).counters["daemon"], 2);
          // Who does not run on (kmesh-daemon apply) leaves it; the next daemon may run elsewhere, or where all are to be steered.
          for (const [options, expected] of [
            [{}, [service, endpoint]],
            [{ daemon: { cgroup: idOf(pod) } }, [endpoint, service]],
            [{ daemon: { cgroup: idOf(daemon) }, format: other }, [service, endpoint]],
            [{ daemon: { cgroup: idOf(daemon), ports: [81] } }, [endpoint, endpoint]],
            [{ daemon: { cgroup: idOf(daemon), ports: [81, 80 + 64] } }, [service, endpoint]],
            [{ daemon: { cgroup: 0n } }, [endpoint, endpoint]],
          ] as const) {
            const next = openSession(kernel(), pins, options);
            assert.equal(await lands(service), expected, "what serves is told at once");
            await next.apply(await meshBundle(mesh), parent);
            await next.settle();
            next.close();
            assert.equal(await lands(service), expected, "so is what replaces it");
          }
          detach(kernel(), pins);
        } finally {
          await inDaemon.end();
          await inPod.end();
        }
      }),
    ),
  ),
);

own("a daemon reaches its control plane though the tables lead that address elsewhere", () =>
  withBpfFolder((bpf) =>
    withFamily((parent, cgroup) =>
      withTempFolder(async (folder) => {
        const pins = join(bpf, "kmesh");
        const plane = await startControlPlane();
        plane.change({ cluster: [eds("b")], endpoint: [endpoints("b", endpoint)], listener: [listener("b", "10.0.0.2:80", "b")] });
        const daemon = daemonIn(cgroup);
        const snapshot = join(folder, "snapshot.json");
        // Nobody is at its endpoint any more.
        const stale = {
          clusters: [eds("a")],
          endpoints: [endpoints("a", "127.0.0.1:9")],
          listeners: [listener("a", plane.address, "a")],
        };
        writeFileSync(snapshot, snapshotText(stale));
        const args = ["--cgroup", parent, "--pin", pins];
        let running = startDaemon(folder, [...args, "--snapshot", snapshot], process.env, daemon);
        try {
          await running.ready();
          await running.end("SIGTERM");
          const env = { ...process.env, XDS_PLAINTEXT: "true" };
          running = startDaemon(folder, [...args, "--xds", plane.address], env, daemon);
          await running.logged("applied");
          assert.equal([readStatus(kernel(), pins).services.listeners, plane.rejections()], [1, []]);
          assert.is(await running.end("SIGTERM"), 0);
          detach(kernel(), pins);
        } finally {
          await running.kill();
          plane.close();
        }
      }),
    ),
  ),
);

own("a daemon in --cgroup itself is steered as the processes beside it, and warns", () =>
  withBpfFolder((bpf) =>
    withFamily((_parent, cgroup) =>
      withTempFolder(async (folder) => {
        const snapshot = join(folder, "snapshot.json");
        writeFileSync(snapshot, snapshotText({ clusters: [eds("a")], endpoints: [endpoints("a", endpoint)], listeners: [] }));
        const pins = join(bpf, "kmesh");
        const running = startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--snapshot", snapshot], process.env, daemonIn(cgroup));
        try {
          await running.logged("applied");
          assert.ok(running.log.some(({ level, msg }) => level === "warn" && /runs in --cgroup itself/.test(String(msg))));
          assert.is(await running.end("SIGTERM"), 0);
          detach(kernel(), pins);
        } finally {
          await running.kill();
        }
      }),
    ),
  ),
);

own.run();
