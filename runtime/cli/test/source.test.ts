import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLog } from "../../log/index.ts";
import { noSpill } from "../../spill/index.ts";
import type { XdsConnection } from "../../xds/index.ts";
import { startAdsServer } from "../../xds/test/server.ts";
import { settingsOf } from "../settings.ts";
import { identityOf, openSource } from "../source.ts";

const data = new URL("../../xds/test/data/", import.meta.url);
const source = suite("cli: source");

/** A control plane whose certificate is for istiod.istio-system.svc and 127.0.0.1 answers at localhost: where the daemon is after its first attempt. */
async function firstState(...options: readonly string[]): Promise<XdsConnection> {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-source-"));
  const env = { ...process.env };
  const tls = { cert: readFileSync(new URL("server-cert.pem", data)), key: readFileSync(new URL("server-key.pem", data)) };
  const server = await startAdsServer({ tls });
  server.onStream((stream) => stream.respond({ kind: "cluster", version: "1", nonce: "1" }));
  try {
    writeFileSync(join(folder, "token"), "good.token");
    Object.assign(process.env, { XDS_ROOT_CA: new URL("root-cert.pem", data).pathname, XDS_TOKEN_FILE: join(folder, "token") });
    const address = server.address.replace("127.0.0.1", "localhost");
    const { words } = settingsOf(["--cgroup", "/none", "--xds", address, ...options]);
    const log = createLog({ level: "error", write() {} }).logger("xds");
    const events = { onUpdate: () => ({ kind: "accepted" }) as const };
    const { source: opened, status } = await openSource(words, identityOf(words, "0", log), {}, events, () => undefined, noSpill, log);
    try {
      for (;;) {
        const { connection } = status()!;
        if (connection.kind !== "connecting") return connection;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    } finally {
      opened.close();
    }
  } finally {
    process.env = env;
    server.close();
    rmSync(folder, { recursive: true });
  }
}

source("a certificate for another name than the address has is refused, and the hint says what to do", async () => {
  const state = await firstState();
  assert.is(state.kind === "waiting" && state.problem.code, "KM7001");
  assert.match(JSON.stringify(state), "--xds-server-name");
});

source("it is accepted where the option names it, and not where it names another", async () => {
  assert.is((await firstState("--xds-server-name", "istiod.istio-system.svc")).kind, "connected");
  assert.is((await firstState("--xds-server-name", "other.svc")).kind, "waiting");
});

source("the option has no meaning without TLS", () => {
  const log = createLog({ level: "error", write() {} }).logger("xds");
  assert.throws(() => settingsOf(["--cgroup", "/none", "--snapshot", "f", "--xds-server-name", "n"]), /--snapshot/);
  process.env["XDS_PLAINTEXT"] = "true";
  try {
    const { words } = settingsOf(["--cgroup", "/none", "--xds-server-name", "n"]);
    assert.throws(() => identityOf(words, "0", log), /needs TLS/);
  } finally {
    delete process.env["XDS_PLAINTEXT"];
  }
});

source("a snapshot that can't be read is told until it can", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-source-"));
  const file = join(folder, "mesh.json");
  const log = createLog({ level: "error", write() {} }).logger("xds");
  const events = { onUpdate: () => ({ kind: "accepted" }) as const };
  writeFileSync(file, "{");
  const { words } = settingsOf(["--cgroup", "/none", "--snapshot", file]);
  const { source: opened, snapshot } = await openSource(words, undefined, {}, events, () => undefined, noSpill, log);
  try {
    while (!snapshot()?.problem) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal([snapshot()?.file, snapshot()?.problem?.code], [file, "KM1002"]);
    writeFileSync(file, '{"configs": []}');
    while (snapshot()?.problem) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal(snapshot(), { file });
  } finally {
    opened.close();
    rmSync(folder, { recursive: true });
  }
});

source.run();
