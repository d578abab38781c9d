/** `kmesh-daemon run` follows a snapshot file; a client that never stops connecting sees no gap, whatever happens to the daemon. */
import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { detach } from "../../runtime/apply/index.ts";
import { eds, endpoints, listener, snapshotText } from "../../runtime/follow/test/mesh.ts";
import { readPublished } from "../../runtime/status/index.ts";
import { type Daemon, eventually, startDaemon } from "./daemon.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "./harness.ts";
import { startProber } from "./probe.ts";

const daemon = kernelSuite("daemon");

const [one, two] = ["127.0.0.1:7001", "127.0.0.1:7002"] as const;
const services = { a: "10.0.0.1:80", b: "10.0.0.2:80", c: "10.0.0.3:80" } as const;

interface Words {
  readonly a: string;
  readonly withC?: boolean;
  readonly broken?: boolean;
}

function meshText({ a, withC = false, broken = false }: Words): string {
  const names = ["a", "b", ...(withC ? ["c"] : [])] as const;
  const at: Readonly<Record<string, string>> = { a, b: two, c: one };
  return snapshotText({
    clusters: names.map((name) => eds(name)),
    endpoints: names.map((name) => endpoints(name, at[name]!)),
    listeners: names.map((name) => ({
      ...listener(name, services[name as keyof typeof services], name),
      ...(broken && name === "a" ? { filter_chains: [{ filters: [{ name: "of another world" }] }] } : {}),
    })),
  });
}

daemon("changes, kill -9 and a restart without one failed connection", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder((folder) =>
        withNamespace([], async (namespace) => {
          const pins = `${bpf}/kmesh`;
          const file = join(folder, "snapshot.json");
          const write = (words: Words): void => {
            writeFileSync(`${file}.part`, meshText(words));
            renameSync(`${file}.part`, file);
          };
          const start = (): Daemon => startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--snapshot", file]);
          const generation = (): number => readPublished(kernel(), pins).header.generation;
          write({ a: one });
          let running = start();
          const prober = await startProber(namespace, cgroup);
          const lands = (to: string, at: string): Promise<void> =>
            eventually(`${to} leads to ${at}`, async () => (await prober.connect(to)).at === at);
          try {
            await prober.serve([one, two]);
            await running.ready();
            const generations = [generation()];
            assert.is((await prober.connect(services.a)).at, one);
            assert.is((await prober.connect(services.b)).at, two);
            await prober.load([services.a, services.b]);

            write({ a: two });
            await lands(services.a, two);
            assert.is(generation(), generations[0], "other endpoints are a cell");
            write({ a: two, withC: true });
            await lands(services.c, one);
            generations.push(generation());
            const shown = await running.get("/debug/config_dump");
            assert.is((await running.get("/debug/config_dump/bpf")).text.split("\n")[0], shown.text.split("\n")[0]);
            assert.match((await running.get("/metrics")).text, /kmesh_daemon_apply_seconds_count\{kind="cell"\} 1\n/);

            assert.is(await running.end("SIGKILL"), "SIGKILL");
            assert.is((await prober.connect(services.c)).at, one, "without a daemon");
            write({ a: one, withC: true });
            running = start();
            await lands(services.a, one);
            assert.ok(running.log.some(({ msg }) => msg === "taking over what is pinned"));
            generations.push(generation());

            write({ a: two, withC: true, broken: true });
            await lands(services.a, two);
            await eventually("the listener in error is told of", async () =>
              running.log.some(({ msg, name }) => msg === "rejected; the last good version stays" && name === "a"),
            );
            assert.is((await prober.connect(services.a)).at, two, "its last good version stays");

            assert.is(await running.end("SIGTERM"), 0, JSON.stringify(running.log));
            const counts = await prober.stop();
            for (const landings of Object.values(counts))
              assert.equal(
                Object.keys(landings).filter((at) => at !== one && at !== two),
                [],
                JSON.stringify(counts),
              );
            assert.equal(Object.keys(counts[services.b]!), [two]);

            // A machine that was started anew, and no control plane.
            detach(kernel(), pins);
            running = startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--snapshot", `${file}.absent`]);
            await running.ready();
            assert.is((await prober.connect(services.c)).at, one);
            assert.is(await running.end("SIGTERM"), 0);
            const total = Object.values(counts).flatMap((landings) => Object.values(landings));
            tell("MEASURED", `${total.reduce((a, b) => a + b, 0)} connections over generations ${generations.join(", ")}: none failed`);
          } finally {
            await running.kill();
            await prober.end();
          }
        }),
      ),
    ),
  ),
);

daemon("SIGHUP builds and applies once more, and waits for a source that is not there yet", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const file = join(folder, "snapshot.json");
        const running = startDaemon(folder, ["--cgroup", cgroup, "--pin", `${bpf}/kmesh`, "--snapshot", file]);
        try {
          // Before it reads or follows anything.
          await eventually("it answers", () =>
            running.get("/version").then(
              () => true,
              () => false,
            ),
          );
          process.kill(running.pid, "SIGHUP");
          await running.logged("SIGHUP: building and applying once more");
          writeFileSync(`${file}.part`, meshText({ a: one }));
          renameSync(`${file}.part`, file);
          await running.ready();
          const applied = (): number => running.log.filter(({ msg }) => msg === "applied").length;
          const before = applied();
          process.kill(running.pid, "SIGHUP");
          await eventually("it is applied once more", async () => applied() > before);
          assert.is(await running.end("SIGTERM"), 0, JSON.stringify(running.log));
        } finally {
          await running.kill();
        }
      }),
    ),
  ),
);

daemon("a cgroup that is removed and made anew is steered again, though nothing else changes", () =>
  withBpfFolder((bpf) =>
    withCgroup((parent) =>
      withNamespace([], (namespace) =>
        withTempFolder(async (folder) => {
          const cgroup = join(parent, "slice");
          mkdirSync(cgroup);
          const file = join(folder, "snapshot.json");
          writeFileSync(file, meshText({ a: one }));
          const running = startDaemon(folder, ["--cgroup", cgroup, "--pin", `${bpf}/kmesh`, "--snapshot", file]);
          try {
            await running.ready();
            rmdirSync(cgroup);
            mkdirSync(cgroup);
            const prober = await startProber(namespace, cgroup);
            try {
              await prober.serve([one]);
              await running.logged("the cgroup is there again: building and applying once more");
              await eventually("it is steered", async () => (await prober.connect(services.a)).at === one);
            } finally {
              await prober.end();
            }
            assert.is(await running.end("SIGTERM"), 0);
            detach(kernel(), `${bpf}/kmesh`);
          } finally {
            await running.kill();
            rmdirSync(cgroup);
          }
        }),
      ),
    ),
  ),
);

daemon("pins that are removed are told of, and that what is applied ends with the daemon", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const file = join(folder, "snapshot.json");
        writeFileSync(file, meshText({ a: one }));
        const running = startDaemon(folder, ["--cgroup", cgroup, "--pin", `${bpf}/kmesh`, "--snapshot", file]);
        try {
          await running.ready();
          rmSync(`${bpf}/kmesh`, { recursive: true });
          await running.logged("pins were removed: what is applied goes on for as long as this daemon runs, and changes may fail");
          assert.is(await running.end("SIGTERM"), 0, JSON.stringify(running.log));
          assert.is(running.log.at(-1)!["msg"], "stopping; what is applied ends, too, as its pins were removed");
        } finally {
          await running.kill();
        }
      }),
    ),
  ),
);

daemon("it ends when it is told to, also where a control plane says goodbye and holds the connection", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const server = createServer();
        server.on("session", (session) => session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const env = { ...process.env, XDS_PLAINTEXT: "true" };
        const running = startDaemon(folder, ["--cgroup", cgroup, "--pin", `${bpf}/kmesh`, "--xds", `127.0.0.1:${port}`], env);
        try {
          await running.logged("waiting");
          const late = new Promise<string>((resolve) => setTimeout(resolve, 20_000, "late").unref());
          assert.is(await Promise.race([running.end("SIGTERM"), late]), 0, JSON.stringify(running.log));
        } finally {
          await running.kill();
          server.close();
        }
      }),
    ),
  ),
);

daemon("a state folder has one daemon; one that was killed leaves it to the next", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const file = join(folder, "snapshot.json");
        writeFileSync(file, meshText({ a: one }));
        const start = (pins: string): Daemon => startDaemon(folder, ["--cgroup", cgroup, "--pin", `${bpf}/${pins}`, "--snapshot", file]);
        const first = start("first");
        let second: Daemon | undefined;
        try {
          await first.ready();
          second = start("second");
          assert.is(await second.over, 1);
          assert.equal(
            second.log.map(({ code, path }) => [code, path]),
            [["KM6304", join(folder, "state")]],
          );
          assert.is(await first.end("SIGKILL"), "SIGKILL");
          second = start("second");
          await second.ready();
          assert.is(await second.end("SIGTERM"), 0, JSON.stringify(second.log));
          for (const pins of ["first", "second"]) detach(kernel(), `${bpf}/${pins}`);
        } finally {
          await first.kill();
          await second?.kill();
        }
      }),
    ),
  ),
);

daemon("an empty snapshot is a mesh, too: it is ready with it", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const pins = `${bpf}/kmesh`;
        const file = join(folder, "snapshot.json");
        writeFileSync(file, JSON.stringify({ configs: [] }));
        const running = startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--snapshot", file]);
        try {
          await running.ready();
          assert.is(readPublished(kernel(), pins).header.generation, 1);
          assert.is(await running.end("SIGTERM"), 0);
          detach(kernel(), pins);
        } finally {
          await running.kill();
        }
      }),
    ),
  ),
);

daemon.run();
