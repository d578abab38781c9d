/** kmeshctl against a daemon's admin server, and against none. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { catchWrites } from "../../../test/catch-writes.ts";
import { type Admin, type AdminSource, serveAdmin } from "../../admin/index.ts";
import { ApplyError } from "../../apply/index.ts";
import { newNumbers } from "../../follow/index.ts";
import { createLog } from "../../log/index.ts";
import { addressNode } from "../../status/config-dump.ts";
import type { XdsStatus } from "../../xds/index.ts";
import { dump } from "../ctl/dump.ts";
import { log } from "../ctl/log.ts";
import { ctlOptions } from "../ctl/options.ts";
import { status } from "../ctl/status.ts";
import { columns } from "../ctl/table.ts";
import { version } from "../ctl/version.ts";
import { type DaemonStatus, daemonStatus } from "../daemon-status.ts";
import { UsageError } from "../main.ts";

const ctl = suite("kmeshctl");

interface Printed {
  readonly out: string;
  readonly err: string;
}

/** What a verb prints. */
async function printed(verb: (args: string[]) => Promise<number>, ...args: string[]): Promise<Printed> {
  const [out, err] = [catchWrites(process.stdout), catchWrites(process.stderr)];
  try {
    assert.is(await verb(args), 0);
    return { out: out.text(), err: err.text() };
  } finally {
    out.end();
    err.end();
  }
}

const follow = {
  generation: 7,
  behind: true,
  building: false,
  resources: { cluster: 2, endpoint: 2, listener: 1, route: 0 },
  hostnames: { names: 1, failing: 0, unanswered: 0, lookups: 3, failures: 0, oldestMs: 1500 },
  numbers: newNumbers(),
  problem: { code: "KM6109", severity: "error", path: "apply", message: "no\u001b[31m memory", hint: "give it more" },
} as const;

const snapshot = {
  file: "mesh.json",
  problem: { code: "KM1002", severity: "error", path: "mesh.json", message: "broken" },
} as const;

const dynamicResources = {
  versionInfo: "7",
  listenerConfigs: [{ name: "web", address: addressNode("10.0.0.1", 80), filterChains: [{ name: "a" }, {}] }],
  routeConfigs: [{ name: "9080", virtualHosts: [{ name: "v", domains: ["a", "b"] }] }],
  clusterConfigs: [
    { name: "a-cluster-with-a-long-name", lbPolicy: "RANDOM", loadAssignment: { endpoints: [{ lbEndpoints: [{}, {}] }] } },
    { name: "b" },
  ],
};

const published = {
  versionInfo: "7",
  listenerConfigs: [{ name: "web", address: addressNode("10.0.0.1", 80), verdict: "direct", cluster: "b" }],
  clusterConfigs: [{ name: "b", loadAssignment: { endpoints: [] } }],
};

async function withDaemon(test: (where: string) => Promise<void>, controlPlane?: XdsStatus): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-ctl-"));
  const path = join(folder, "s");
  const all = createLog({ level: "info", write: () => {} });
  all.logger("xds");
  const source: AdminSource = {
    ready: () => true,
    version: () => ({ gitVersion: "9.9", gitCommit: "abc" }),
    status: () => daemonStatus({ version: "9.9", follow, controlPlane, snapshot, kernel: () => undefined }),
    acceptedDump: async () => JSON.stringify({ dynamicResources }),
    publishedDump: async () => JSON.stringify({ dynamicResources: published }),
    appliedTables: async () => undefined,
    publishedTables: async () => "table svc4\n",
    metrics: () => "",
    log: all,
  };
  const server: Admin = await serveAdmin({ kind: "unix", path }, source);
  try {
    await test(`unix:${path}`);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

ctl("log, in the words of Kmesh's", () =>
  withDaemon(async (where) => {
    const run = (...args: string[]): Promise<Printed> => printed(log, "--admin", where, ...args);
    assert.is((await run()).out, "Existing Loggers:\n\tdefault\n\txds\n");
    assert.is((await run("xds")).out, "Logger Name: xds\nLogger Level: info\n");
    assert.is((await run("--set", "xds:debug")).out, "OK\n");
    assert.equal(JSON.parse((await run("xds", "-o", "json")).out), { name: "xds", level: "debug" });
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["nope"], /no logger "nope"/],
      [["--set", "xds:loud"], /"loud" is no level/],
      [["--set", "xds"], /NAME:LEVEL/],
      [["xds", "--set", "xds:info"], /not both/],
      [["pod", "xds"], /asks the daemon of this node, not a pod/],
    ];
    for (const [args, words] of wrong) {
      const failed = await run(...args).then(
        () => "",
        (error: Error) => error.message,
      );
      assert.match(failed, words);
    }
  }),
);

ctl("status: the daemon's part in words and as JSON", () =>
  withDaemon(async (where) => {
    const { out, err } = await printed(status, "--admin", where);
    assert.match(
      out,
      /^daemon: 9\.9, pid \d+, up \d+ s, ready\nsnapshot: mesh\.json\n {2}not taken: KM1002 mesh\.json: broken\naccepted: 2 clusters, 2 endpoints, 1 listeners, 0 routes;/,
    );
    assert.match(out, /\nbehind: .*\nlast failure: KM6109 apply: no\\x1b\[31m memory\n {2}hint: give it more\n$/);
    assert.is(err, "");
    const { daemon, kernel } = JSON.parse((await printed(status, "--admin", where, "-o", "json")).out) as {
      readonly daemon: DaemonStatus;
      readonly kernel: null;
    };
    assert.is(daemon.follow.generation, 7);
    assert.is(kernel, null);
  }),
);

ctl("status: a control plane that is away, with the remedy and the next attempt", () => {
  const message = "UNAVAILABLE: \u001b]0;x";
  const problem = { code: "KM7001", severity: "error", path: "xds", message, hint: "start it" } as const;
  const none = { version: "", held: 0, heldBytes: 0, subscribed: 0, awaited: 0, inFlight: 0, responses: 0, updates: 0, acks: 0, nacks: 0 };
  const kind = { ...none, ignored: 0, unchanged: 0, lastRejection: [] };
  const away: XdsStatus = {
    connection: { kind: "waiting", attempt: 3, retryMs: 20_500, problem },
    since: performance.now(),
    streams: 1,
    controlPlane: "istiod-1\n",
    kinds: { cluster: kind, endpoint: kind, listener: kind, route: kind },
  };
  return withDaemon(async (where) => {
    const { out } = await printed(status, "--admin", where);
    assert.match(out, /\ncontrol plane: waiting to istiod-1\\x0a; 1 streams, .*\n {2}KM7001 UNAVAILABLE: \\x1b\]0;x\n {2}hint: start it\n/);
    assert.match(out, /\n {2}next attempt within 2[01] s\n/);
  }, away);
});

ctl("dump: Kmesh's tables, and its JSON as it is", () =>
  withDaemon(async (where) => {
    assert.is(
      (await printed(dump, "kernel-native", "--admin", where)).out,
      [
        "NAME                         LB_POLICY     ENDPOINTS",
        "a-cluster-with-a-long-name   RANDOM        2",
        "b                            ROUND_ROBIN   0",
        "",
        "NAME   ADDRESS    PORT   FILTER_CHAINS",
        "web    10.0.0.1   80     a,-",
        "",
        "ROUTE   VIRTUAL_HOST   DOMAINS",
        "9080    v              a,b",
        "",
      ].join("\n"),
    );
    assert.equal(JSON.parse((await printed(dump, "kernel-native", "--admin", where, "-o", "json")).out), { dynamicResources });
  }),
);

ctl("dump of the kernel's tables: what they decide, and no policy that they do not hold", () =>
  withDaemon(async (where) => {
    assert.is(
      (await printed(dump, "bpf", "--admin", where)).out,
      [
        "NAME   LB_POLICY   ENDPOINTS",
        "b      -           0",
        "",
        "NAME   ADDRESS    PORT   FILTER_CHAINS",
        "web    10.0.0.1   80     direct b",
        "",
      ].join("\n"),
    );
  }),
);

ctl("dump of tables: those of the daemon that was named, not those of the default pin folder", () =>
  withDaemon(async (where) => {
    assert.is((await printed(dump, "--admin", where)).out, "table svc4\n");
    assert.equal(JSON.parse((await printed(dump, "tables", "--admin", where, "-o", "json")).out), { lines: ["table svc4"] });
  }),
);

ctl("version, with and without a daemon", async () => {
  await withDaemon(async (where) => {
    const { out } = await printed(version, "--admin", where);
    assert.match(out, /^client version: \S+\nkmesh-daemon version: 9\.9-abc\n$/);
  });
  const { out, err } = await printed(version, "--admin", "unix:/nonexistent/socket", "-o", "json");
  assert.is((JSON.parse(out) as { daemon: unknown }).daemon, null);
  assert.is(err, "kmeshctl: no daemon answers at unix:/nonexistent/socket\n");
});

ctl("without a daemon, levels can't be told, and addresses elsewhere are not asked", async () => {
  const errorOf = (where: string): Promise<unknown> =>
    log(["--admin", where]).then(
      () => undefined,
      (error: unknown) => error,
    );
  const silent = await errorOf("unix:/nonexistent/socket");
  assert.ok(silent instanceof ApplyError && silent.diagnostic.code === "KM6305");
  for (const where of ["10.0.0.1:15200", "nonsense"]) {
    const error = await errorOf(where);
    assert.instance(error, UsageError);
    assert.match((error as UsageError).message, /KM6302/);
  }
});

ctl("options", () => {
  assert.is(ctlOptions("status", ["--json"], 0).output, "json");
  assert.is(ctlOptions("status", ["-o", "table"], 0).output, "table");
  for (const args of [["-o", "yaml"], ["--set", "a:b"], ["--admin", "a", "--pin", "b"], ["--admin", ""], ["--pin="], ["word"]])
    assert.throws(
      () => ctlOptions("status", args, 0),
      (error: Error) => error.name === "UsageError",
    );
});

ctl("what is asked of the daemon alone is not asked of the kernel", async () => {
  for (const verb of [log, version]) {
    const error = await verb(["--pin", "/sys/fs/bpf/kmesh"]).catch((thrown: unknown) => thrown);
    assert.match(String(error), /^UsageError: .* takes --admin, not --pin$/);
  }
});

ctl("columns keep to their places, whatever a name holds", () => {
  assert.is(
    columns(
      ["A", "B"],
      [
        ["x\n\u001b[31my", 1],
        ["", "z"],
      ],
    ),
    "A          B\nx??[31my   1\n           z\n",
  );
});

ctl.run();
