/** The daemon on a node without clang: it compiles, proves and applies with what ships. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { detach } from "../../runtime/apply/index.ts";
import { eds, endpoints, listener, snapshotText } from "../../runtime/follow/test/mesh.ts";
import { startDaemon } from "./daemon.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "./harness.ts";
import { startProber } from "./probe.ts";

const noClang = kernelSuite("no clang");

noClang("a snapshot is compiled and applied, and steers a connection", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder((folder) =>
        withNamespace([], async (namespace) => {
          const pins = join(bpf, "kmesh");
          const file = join(folder, "snapshot.json");
          const at = "127.0.0.1:7001";
          const mesh = { clusters: [eds("a")], endpoints: [endpoints("a", at)], listeners: [listener("a", "10.0.0.1:80", "a")] };
          writeFileSync(file, snapshotText(mesh));
          const env = { ...process.env, KMESH_CLANG: "/nonexistent/clang", KMESH_CACHE: "" };
          const daemon = startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--snapshot", file], env);
          const prober = await startProber(namespace, cgroup);
          try {
            await prober.serve([at]);
            await daemon.ready();
            assert.is((await prober.connect("10.0.0.1:80")).at, at);
            assert.is(await daemon.end("SIGTERM"), 0);
          } finally {
            await daemon.kill();
            await prober.end();
            detach(kernel(), pins);
          }
        }),
      ),
    ),
  ),
);

noClang.run();
