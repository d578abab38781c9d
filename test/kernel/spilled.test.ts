/** What a daemon has accepted lies in a file: it is dumped from there, changed, and asked for again where the file breaks. */
import { readdirSync, readlinkSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { detach } from "../../runtime/apply/index.ts";
import { eds, endpoints, listener } from "../../runtime/follow/test/mesh.ts";
import { startControlPlane } from "./control-plane.ts";
import { type Daemon, eventually, startDaemon } from "./daemon.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withTempFolder } from "./harness.ts";

const spilled = kernelSuite("spilled");

/** The file, as the process' own folder of /proc names it; undefined: there is none yet. */
function fileOf({ pid }: Daemon, folder: string): string | undefined {
  const fds = `/proc/${pid}/fd`;
  const linkOf = (fd: string): string => {
    try {
      return readlinkSync(join(fds, fd));
    } catch {
      return "";
    }
  };
  const found = readdirSync(fds).find((fd) => linkOf(fd) === `${join(folder, "state", "accepted-resources")} (deleted)`);
  return found && join(fds, found);
}

function sizeOf(file: string | undefined): number {
  return file === undefined ? 0 : statSync(file).size;
}

spilled("the file of a daemon: its own, dumped from, and done without", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder(async (folder) => {
        const pins = join(bpf, "kmesh");
        const plane = await startControlPlane();
        plane.change({ cluster: [eds("a")], endpoint: [endpoints("a", "127.0.0.1:7001")], listener: [listener("l", "10.0.0.1:80", "a")] });
        const env = { ...process.env, XDS_PLAINTEXT: "true" };
        const daemon = startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--xds", plane.address], env);
        const dump = async (): Promise<string> => (await daemon.get("/debug/config_dump/kernel-native")).text;
        try {
          await daemon.ready();
          const before = await dump();
          assert.match(before, "7001");
          await eventually("it is written", async () => sizeOf(fileOf(daemon, folder)) > 0);
          const file = fileOf(daemon, folder)!;
          const written = sizeOf(file);
          assert.is(statSync(file).mode & 0o777, 0o600);
          assert.not(readdirSync(join(folder, "state")).includes("accepted-resources"));
          assert.is(await dump(), before);
          plane.change({ endpoint: [endpoints("a", "127.0.0.1:7002")] });
          await eventually("the change is there", async () => (await dump()).includes("7002"));
          await eventually("the change is written", async () => sizeOf(file) > written);
          truncateSync(file);
          await eventually("who looks finds it out", async () => (await daemon.get("/debug/config_dump/kernel-native")).status !== 200);
          await daemon.logged("accepted resources can't be read back; all of them are asked for again");
          await eventually("all of it has come again", async () => (await daemon.get("/debug/config_dump/kernel-native")).status === 200);
          assert.match(await dump(), "7002");
          assert.is(daemon.log.filter(({ code }) => code === "KM6304").length, 1);
          assert.match(String(daemon.log.find(({ code }) => code === "KM7023")!["msg"]), /^what was accepted can't be read back; /);
          await daemon.end("SIGTERM");
          detach(kernel(), pins);
        } finally {
          await daemon.kill();
          plane.close();
        }
      }),
    ),
  ),
);

spilled.run();
