import { mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLog } from "../../log/index.ts";
import { type AdminSource, metricsText, parseAdminAddress, serveAdmin } from "../index.ts";

const admin = suite("admin");

interface Got {
  readonly status: number;
  readonly text: string;
}

function ask(
  where: { readonly port?: number; readonly socketPath?: string },
  path: string,
  options: { readonly method?: string; readonly body?: string; readonly host?: string } = {},
): Promise<Got> {
  const { method = "GET", body, host } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", ...where, path, method, agent: false, headers: host === undefined ? {} : { host } },
      (response) => {
        let text = "";
        response.on("data", (data: Buffer) => {
          text += data.toString();
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

function source(state: { ready: true | string; dump: string | undefined }): AdminSource {
  const log = createLog({ level: "info", write: () => {}, time: () => "" });
  log.logger("xds");
  return {
    ready: () => state.ready,
    version: () => ({ version: "1" }),
    configDump: () => state.dump,
    kernelDump: () => {
      throw new Error("no kernel");
    },
    metrics: () => "m 1\n",
    log,
  };
}

admin("ready tells the truth; liveness and the rest answer meanwhile", async () => {
  const state: { ready: true | string; dump: string | undefined } = { ready: "no generation", dump: undefined };
  const server = await serveAdmin({ kind: "tcp", host: "127.0.0.1", port: 0 }, source(state));
  try {
    assert.equal(await ask(server, "/debug/ready"), { status: 503, text: "not ready: no generation\n" });
    assert.is((await ask(server, "/healthz")).status, 200);
    assert.is((await ask(server, "/debug/config_dump")).status, 503);
    state.ready = true;
    state.dump = "map a\n";
    assert.equal(await ask(server, "/debug/ready"), { status: 200, text: "OK\n" });
    assert.equal(await ask(server, "/debug/config_dump"), { status: 200, text: "map a\n" });
    assert.equal(await ask(server, "/debug/config_dump/bpf"), { status: 500, text: "no kernel\n" });
    assert.equal(JSON.parse((await ask(server, "/version")).text), { version: "1" });
    assert.is((await ask(server, "/metrics")).text, "m 1\n");
    assert.is((await ask(server, "/nothing")).status, 404);
  } finally {
    await server.close();
  }
});

admin("levels of loggers are shown and set", async () => {
  const { log, ...rest } = source({ ready: true, dump: undefined });
  const server = await serveAdmin({ kind: "tcp", host: "127.0.0.1", port: 0 }, { ...rest, log });
  const post = (body: string): Promise<Got> => ask(server, "/debug/loggers", { method: "POST", body });
  try {
    assert.equal(JSON.parse((await ask(server, "/debug/loggers")).text), ["xds"]);
    assert.equal(JSON.parse((await ask(server, "/debug/loggers?name=xds")).text), { name: "xds", level: "info" });
    assert.is((await post('{"name":"xds","level":"debug"}')).status, 200);
    assert.is(log.level("xds"), "debug");
    assert.is((await post('{"name":"xds","level":"loud"}')).status, 400);
    assert.is((await post('{"name":"dns","level":"info"}')).status, 404);
    assert.is((await post("not json")).status, 400);
    assert.is((await post(`"${"x".repeat(10_000)}"`)).status, 400);
    assert.is(log.level("xds"), "debug");
  } finally {
    await server.close();
  }
});

admin("a page of another origin gets nothing", async () => {
  const server = await serveAdmin({ kind: "tcp", host: "127.0.0.1", port: 0 }, source({ ready: true, dump: undefined }));
  try {
    assert.is((await ask(server, "/debug/ready", { host: "evil.example:15200" })).status, 403);
    assert.is((await ask(server, "/debug/ready", { host: "localhost:15200" })).status, 200);
  } finally {
    await server.close();
  }
});

admin("a Unix socket is for its owner, and one that was left is replaced", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-admin-"));
  const path = join(folder, "s");
  try {
    for (let i = 0; i < 2; i++) {
      const server = await serveAdmin({ kind: "unix", path }, source({ ready: true, dump: undefined }));
      try {
        assert.is(statSync(path).mode & 0o077, 0);
        assert.is((await ask({ socketPath: path }, "/healthz")).status, 200);
      } finally {
        await server.close();
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

admin("only local addresses are listened on", () => {
  assert.equal(parseAdminAddress("127.0.0.1:15200"), { kind: "tcp", host: "127.0.0.1", port: 15200 });
  assert.equal(parseAdminAddress("localhost:1"), { kind: "tcp", host: "127.0.0.1", port: 1 });
  assert.equal(parseAdminAddress("[::1]:2"), { kind: "tcp", host: "::1", port: 2 });
  assert.equal(parseAdminAddress("unix:/run/x"), { kind: "unix", path: "/run/x" });
  for (const text of [
    "0.0.0.0:15200",
    "[::]:15200",
    "10.0.0.1:1",
    "127.evil.example:1",
    ":15200",
    "unix:",
    "127.0.0.1:99999",
    "127.0.0.1",
  ]) {
    const refused = parseAdminAddress(text);
    assert.ok("code" in refused && refused.code === "KM6302", text);
  }
});

admin("the exposition format", () => {
  const text = metricsText([
    {
      name: "kmesh_x_total",
      help: "Xs.",
      type: "counter",
      samples: [
        { labels: { a: 'q"\\\n' }, value: 1 },
        { suffix: "_sum", value: 0.5 },
      ],
    },
  ]);
  assert.is(text, '# HELP kmesh_x_total Xs.\n# TYPE kmesh_x_total counter\nkmesh_x_total{a="q\\"\\\\\\n"} 1\nkmesh_x_total_sum 0.5\n');
});

admin.run();
