import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLog, type Level } from "../../log/index.ts";
import { type Admin, type AdminSource, parseAdminAddress, parseMetricsAddress, serveAdmin, serveMetrics } from "../index.ts";
import { createProfiles } from "../profile.ts";
import { absentRoutes, adminRoutes } from "../routes.ts";
import { ask, type Got } from "./ask.ts";

const admin = suite("admin");

interface State {
  ready: true | string;
  dump: string | undefined;
  dumps: number;
  /** Dumps take until then. */
  made?: Promise<void>;
}

function source(state: State): AdminSource {
  const log = createLog({ level: "info", write: () => {}, time: () => "" });
  log.logger("xds");
  return {
    ready: () => state.ready,
    version: () => ({ gitVersion: "1" }),
    status: () => ({ generation: 7 }),
    acceptedDump: async () => '{"dynamicResources":{}}\n',
    async publishedDump() {
      state.dumps++;
      await state.made;
      return state.dump;
    },
    appliedTables: async () => state.dump,
    publishedTables: async () => {
      throw new Error("no kernel");
    },
    metrics: () => "m 1\n",
    log,
  };
}

async function withAdmin(
  test: (server: Admin, state: State, source: AdminSource) => Promise<void>,
  more: Partial<AdminSource> = {},
): Promise<void> {
  const state: State = { ready: "no generation", dump: undefined, dumps: 0 };
  const all = { ...source(state), ...more };
  const server = await serveAdmin({ kind: "tcp", host: "127.0.0.1", port: 0 }, all);
  try {
    await test(server, state, all);
  } finally {
    await server.close();
  }
}

const errorOf = ({ text }: Got): string => (JSON.parse(text) as { error: string }).error;

admin("ready tells the truth; liveness and the rest answer meanwhile", () =>
  withAdmin(async (server, state) => {
    const get = async (path: string): Promise<readonly [number, string]> => {
      const { status, text } = await ask(server, path);
      return [status, text];
    };
    assert.equal(await get("/debug/ready"), [503, "not ready: no generation\n"]);
    assert.equal(await get("/healthz"), [200, "OK\n"]);
    assert.equal((await get("/debug/config_dump"))[0], 503);
    assert.equal((await get("/debug/config_dump/bpf/kernel-native"))[0], 503);
    state.ready = true;
    state.dump = "map a\n";
    assert.equal(await get("/debug/ready"), [200, "OK\n"]);
    assert.equal(await get("/debug/config_dump"), [200, "map a\n"]);
    assert.equal(await get("/debug/config_dump/bpf/kernel-native"), [200, "map a\n"]);
    assert.equal(await get("/debug/config_dump/kernel-native"), [200, '{"dynamicResources":{}}\n']);
    assert.equal((await get("/debug/config_dump/bpf"))[0], 500);
    assert.is(errorOf(await ask(server, "/debug/config_dump/bpf")), "no kernel");
    assert.equal(JSON.parse((await get("/version"))[1]), { gitVersion: "1" });
    assert.equal(JSON.parse((await get("/debug/status"))[1]), { generation: 7 });
    assert.equal(await get("/metrics"), [200, "m 1\n"]);
  }),
);

admin("every declared path answers, /help lists them all, and Kmesh's other paths say that they are not there", () =>
  withAdmin(async (server, state) => {
    state.ready = true;
    state.dump = "a\n";
    const help = (await ask(server, "/help")).text;
    for (const { path } of Object.values(adminRoutes)) {
      assert.ok(help.includes(` ${path}`), path);
      const { status } = await ask(server, path === "/debug/pprof/profile" ? `${path}?seconds=1` : path);
      assert.is(status, path === "/debug/config_dump/bpf" ? 500 : 200, path);
    }
    for (const path of Object.keys(absentRoutes)) {
      const got = await ask(server, `${path}?enable=true`, { method: "POST" });
      assert.is(got.status, 501, path);
      assert.match(errorOf(got), /not built yet/);
    }
    const unknown = await ask(server, "/nothing");
    assert.is(unknown.status, 404);
    assert.is((JSON.parse(unknown.text) as { hint: string }).hint, "GET /help lists them");
    // Names of Object.prototype are no paths.
    for (const path of ["//debug/ready", "/debug/ready/", "/__proto__", "/constructor", "/debug/../version"])
      assert.is((await ask(server, path)).status, 404, path);
  }),
);

admin("levels of loggers are shown and set", () =>
  withAdmin(async (server, _state, { log }) => {
    const post = (body: string, headers = {}): Promise<Got> => ask(server, "/debug/loggers", { method: "POST", body, headers });
    assert.equal(JSON.parse((await ask(server, "/debug/loggers")).text), ["default", "xds"]);
    assert.equal(JSON.parse((await ask(server, "/debug/loggers?name=xds")).text), { name: "xds", level: "info" });
    assert.equal(JSON.parse((await post('{"name":"xds","level":"debug"}')).text), { name: "xds", level: "debug" });
    assert.is(log.level("xds"), "debug");
    const wrong: readonly (readonly [string, number, RegExp])[] = [
      ['{"name":"xds","level":"loud"}', 400, /"loud" is no level/],
      ['{"name":"dns","level":"info"}', 404, /no logger "dns"/],
      ['{"name":"bpf","level":"info"}', 404, /no logger "bpf"/],
      ['{"name":"xds"}', 400, /missing/],
      ["null", 400, /missing/],
      ["[]", 400, /missing/],
      ["not json", 400, /no JSON/],
      ["", 400, /no JSON/],
      [`"${"x".repeat(10_000)}"`, 413, /4096 bytes/],
    ];
    for (const [body, status, words] of wrong) {
      const got = await post(body);
      assert.is(got.status, status, body.slice(0, 50));
      assert.match(errorOf(got), words);
    }
    assert.is((await post('{"name":"xds","level":"info"}', { "content-type": "text/plain" })).status, 415);
    assert.is(log.level("xds"), "debug");
    assert.is((await post('{"name":"default","level":"error"}', { "content-type": "application/x-www-form-urlencoded" })).status, 200);
    assert.is(log.level("xds"), "error", "default stands for all");
  }),
);

admin("the BPF log's level is one more logger, where there is one", async () => {
  let level: Level = "info";
  const bpfLog = {
    level: () => level,
    setLevel(to: Level) {
      level = to;
    },
  };
  await withAdmin(
    async (server) => {
      assert.equal(JSON.parse((await ask(server, "/debug/loggers")).text), ["default", "xds", "bpf"]);
      assert.is((await ask(server, "/debug/loggers", { method: "POST", body: '{"name":"bpf","level":"debug"}' })).status, 200);
      assert.is(level, "debug");
      assert.equal(JSON.parse((await ask(server, "/debug/loggers?name=bpf")).text), { name: "bpf", level: "debug" });
    },
    { bpfLog },
  );
});

admin("methods and queries that are not declared are refused, HEAD goes with GET", () =>
  withAdmin(async (server) => {
    const head = await ask(server, "/version", { method: "HEAD" });
    assert.equal([head.status, head.text, head.headers["content-length"]], [200, "", "26"]);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const got = await ask(server, "/version", { method });
      assert.equal([got.status, got.headers["allow"]], [405, "GET, HEAD"], method);
    }
    assert.equal((await ask(server, "/debug/loggers", { method: "PUT" })).headers["allow"], "GET, HEAD, POST");
    const wrong = ["/version?a=1", "/debug/loggers?nam=xds", "/debug/loggers?name=a&name=b", "/debug/pprof/profile?seconds=0"];
    for (const path of [...wrong, "/debug/pprof/profile?seconds=31", "/debug/pprof/profile?seconds=x"])
      assert.is((await ask(server, path)).status, 400, path);
    assert.is((await ask(server, "/debug/loggers?name=xds", { method: "POST", body: '{"name":"xds","level":"info"}' })).status, 400);
  }),
);

admin("a web page gets nothing: neither by a name that leads here nor across origins", () =>
  withAdmin(async (server) => {
    const refused = [
      { host: "evil.example:15200" },
      { host: "127.0.0.1.evil.example" },
      { host: "localhost:15200", origin: "http://evil.example" },
      { host: "localhost:15200", origin: "null" },
      { host: "localhost:15200", "sec-fetch-site": "cross-site" },
    ];
    for (const headers of refused) assert.is((await ask(server, "/debug/ready", { headers })).status, 403, JSON.stringify(headers));
    for (const headers of [{ host: "localhost:15200" }, { host: "[::1]:15200" }, { host: "127.0.0.9" }, { "sec-fetch-site": "none" }])
      assert.is((await ask(server, "/healthz", { headers })).status, 200, JSON.stringify(headers));
    const post = { method: "POST", body: '{"name":"xds","level":"debug"}', headers: { origin: "http://127.0.0.1:8000" } };
    assert.is((await ask(server, "/debug/loggers", post)).status, 403);
  }),
);

admin("one dump at a time, whoever asks meanwhile gets the same", () =>
  withAdmin(async (server, state) => {
    state.dump = "a\n";
    let finish = (): void => {};
    state.made = new Promise((resolve) => {
      finish = resolve;
    });
    const asked = Array.from({ length: 20 }, () => ask(server, "/debug/config_dump/bpf/kernel-native"));
    // A later connection's answer: the others have come by then.
    await ask(server, "/healthz");
    finish();
    assert.ok((await Promise.all(asked)).every(({ status, text }) => status === 200 && text === "a\n"));
    assert.ok(state.dumps < 10, String(state.dumps));
  }),
);

admin("profiles are files for Chrome's tools, one at a time", async () => {
  const profiles = createProfiles();
  const first = profiles.cpu("1");
  assert.throws(() => profiles.heap(), /another profile/);
  // A profile that is under way keeps no process alive.
  const alive = setInterval(() => undefined, 1000);
  const { nodes } = JSON.parse((await first).body as string) as { readonly nodes: readonly unknown[] };
  clearInterval(alive);
  assert.ok(nodes.length > 0);
  const snapshot = profiles.heap().body as Readable;
  assert.throws(() => profiles.heap(), /another profile/);
  snapshot.destroy();
  await once(snapshot, "close");
  assert.match(profiles.heap().headers!["content-disposition"]!, /heapsnapshot$/, "one that was given up has ended");
});

admin("the server for scrapers has numbers and health only, under any name", async () => {
  const state: { ready: true | string } = { ready: "clusters of acme are missing" };
  const server = await serveMetrics({ kind: "tcp", host: "127.0.0.1", port: 0 }, { metrics: () => "m 1\n", ready: () => state.ready });
  try {
    assert.equal(await ask(server, "/debug/ready").then(({ status, text }) => [status, text]), [503, "not ready\n"]);
    state.ready = true;
    assert.is((await ask(server, "/debug/ready", { headers: { host: "10.1.2.3:15020" } })).status, 200);
    assert.is((await ask(server, "/healthz")).status, 200);
    for (const path of ["/status/metric", "/metrics"]) {
      const got = await ask(server, path, { headers: { host: "node-7.example:15020" } });
      assert.equal([got.status, got.text, got.headers["content-type"]], [200, "m 1\n", "text/plain; version=0.0.4; charset=utf-8"]);
    }
    assert.is((await ask(server, "/debug/loggers")).status, 404);
    assert.is((await ask(server, "/metrics", { method: "POST" })).status, 405);
  } finally {
    await server.close();
  }
});

admin("a Unix socket is for its owner, whatever the name asked by, and one that was left is replaced", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-admin-"));
  const path = join(folder, "s");
  try {
    for (let i = 0; i < 2; i++) {
      const server = await serveAdmin({ kind: "unix", path }, source({ ready: true, dump: undefined, dumps: 0 }));
      try {
        assert.is(statSync(path).mode & 0o077, 0);
        assert.is((await ask({ socketPath: path }, "/healthz", { headers: { host: "kmesh" } })).status, 200);
      } finally {
        await server.close();
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

admin("a Unix socket that another process listens on, or a file of that name, is not taken away", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-admin-"));
  const shown = source({ ready: true, dump: undefined, dumps: 0 });
  const refused = (path: string, words: RegExp): Promise<void> =>
    serveAdmin({ kind: "unix", path }, shown).then(
      (server) => server.close().then(() => assert.unreachable(path)),
      (error: Error) => assert.match(error.message, words),
    );
  try {
    const file = join(folder, "file");
    writeFileSync(file, "kept");
    await refused(file, /file is there already, and is no socket$/);
    assert.is(readFileSync(file, "utf8"), "kept");
    const path = join(folder, "s");
    const server = await serveAdmin({ kind: "unix", path }, shown);
    try {
      await refused(path, /^another process listens on .*s$/);
      assert.is((await ask({ socketPath: path }, "/healthz")).status, 200);
    } finally {
      await server.close();
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
  const refused = ["0.0.0.0:15200", "[::]:15200", "10.0.0.1:1", "127.evil.example:1", ":15200", "unix:", "127.0.0.1:99999", "127.0.0.1"];
  for (const text of refused) {
    const parsed = parseAdminAddress(text);
    assert.ok("code" in parsed && parsed.code === "KM6302", text);
  }
  assert.equal(parseMetricsAddress(":15020"), { kind: "tcp", host: "", port: 15020 });
  assert.is(parseMetricsAddress("off"), undefined);
  for (const text of [":65536", "15020", "a:b:1"]) assert.is((parseMetricsAddress(text) as { code?: string }).code, "KM6302", text);
});

admin.run();
