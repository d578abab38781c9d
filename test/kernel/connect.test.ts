/** Real connections of a process in a cgroup and a network namespace: they land where the dump says, through every way of publishing. */
import * as assert from "uvu/assert";
import { openSession, type Session } from "../../runtime/apply/index.ts";
import { dumpPublished } from "../../runtime/status/dump.ts";
import { readStatus } from "../../runtime/status/index.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup, withNamespace } from "./harness.ts";
import { idsOf, leftOf } from "./ids.ts";
import { kernelDump, type MeshWords, meshBundle } from "./mesh.ts";
import { type Prober, startProber } from "./probe.ts";
import { chiSquare, chiSquareLimit } from "./statistics.ts";

const connects = kernelSuite("connect");

const ten = Array.from({ length: 10 }, (_, i) => `127.0.0.${10 + i}:7100`);
const six = ["[fd00::1]:7600", "[fd00::2]:7600"];
const mesh: MeshWords = {
  clusters: {
    one: ["127.0.0.1:7001"],
    weighted: ["127.0.0.1:7002*1", "127.0.0.1:7003*3", "127.0.0.1:7004*6"],
    uniform: ten,
    empty: [],
    six,
    mixed: ["127.0.0.1:7001"],
  },
  services: {
    "10.0.0.1:80": "one",
    "10.0.0.2:80": "weighted",
    "10.0.0.3:80": "uniform",
    "10.0.0.4:80": "empty",
    "10.0.0.5:80": { one: 1, weighted: 3, empty: 1 },
    "[fd00:1::1]:80": "six",
    "[fd00:1::2]:80": "mixed",
    "0.0.0.0:9090": "one",
  },
};
const places = ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003", "127.0.0.1:7004", "127.0.0.1:7005", "127.0.0.1:7999", ...ten, ...six];

interface World {
  readonly pins: string;
  readonly cgroup: string;
  readonly session: Session;
  readonly prober: Prober;
}

function inWorld(action: (world: World) => Promise<void>): Promise<void> {
  return withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace(["addr add fd00::1/128 dev lo", "addr add fd00::2/128 dev lo"], async (namespace) => {
        const pins = `${bpf}/kmesh`;
        const prober = await startProber(namespace, cgroup);
        const session = openSession(kernel(), pins);
        try {
          await prober.serve(places);
          await action({ pins, cgroup, session, prober });
        } finally {
          await prober.end();
          session.close();
        }
      }),
    ),
  );
}

connects("every verdict, IPv4 and IPv6, getpeername, counters, dump", () =>
  inWorld(async ({ pins, cgroup, session, prober }) => {
    const bundle = await meshBundle(mesh);
    await session.apply(bundle, cgroup);
    assert.is(dumpPublished(kernel(), pins), kernelDump(bundle));

    assert.equal(await prober.connect("10.0.0.1:80"), { at: "127.0.0.1:7001", peer: "10.0.0.1:80" });
    assert.equal(await prober.connect("10.200.0.1:9090"), { at: "127.0.0.1:7001", peer: "10.200.0.1:9090" });
    const landed = await prober.connect("[fd00:1::1]:80");
    assert.ok(six.includes(landed.at), landed.at);
    assert.is(landed.peer, "[fd00:1::1]:80");
    assert.equal(await prober.connect("[::ffff:10.0.0.1]:80"), { at: "127.0.0.1:7001", peer: "[::ffff:10.0.0.1]:80" });
    assert.equal(await prober.connect("[fd00:1::2]:80"), { at: "127.0.0.1:7001", peer: "[fd00:1::2]:80" });
    assert.is((await prober.connect("10.0.0.4:80")).at, "EPERM");
    assert.equal(await prober.connect("127.0.0.1:7999"), { at: "127.0.0.1:7999", peer: "127.0.0.1:7999" });
    assert.equal(await prober.connect("[fd00::1]:7600"), { at: "[fd00::1]:7600", peer: "[fd00::1]:7600" });

    assert.equal(readStatus(kernel(), pins).counters, { unmanaged: 2, forwarded: 5, no_endpoint: 1 });
  }),
);

connects("weights: chi-square, false alarm once in a million runs", () =>
  inWorld(async ({ cgroup, session, prober }) => {
    await session.apply(await meshBundle(mesh), cgroup);
    const cases = [
      { to: "10.0.0.2:80", weights: { "127.0.0.1:7002": 1, "127.0.0.1:7003": 3, "127.0.0.1:7004": 6 } },
      { to: "10.0.0.3:80", weights: Object.fromEntries(ten.map((at) => [at, 1])) },
      {
        to: "10.0.0.5:80",
        weights: { "127.0.0.1:7001": 1, "127.0.0.1:7002": 0.3, "127.0.0.1:7003": 0.9, "127.0.0.1:7004": 1.8, EPERM: 1 },
      },
    ];
    for (const { to, weights } of cases) {
      const counts = await prober.burst(to, 2000);
      assert.equal(Object.keys(counts).sort(), Object.keys(weights).sort(), to);
      const names = Object.keys(weights) as (keyof typeof weights)[];
      const statistic = chiSquare(
        names.map((name) => counts[name]!),
        names.map((name) => weights[name]!),
      );
      tell("MEASURED", `weights of ${to}: chi-square ${statistic.toFixed(1)}, limit ${chiSquareLimit(names.length - 1).toFixed(1)}`);
      assert.ok(statistic < chiSquareLimit(names.length - 1), `${to}: ${JSON.stringify(counts)}`);
    }
  }),
);

connects("changes by cell, generation and shape under load: no connection fails or lands elsewhere", () =>
  inWorld(async ({ cgroup, session, prober }) => {
    const moved = (endpoint: string, more: Partial<MeshWords> = {}): MeshWords => ({
      ...mesh,
      clusters: { ...mesh.clusters, one: [endpoint] },
      ...more,
    });
    const steps = [
      { kind: "cell", words: moved("127.0.0.1:7005") },
      { kind: "generation", words: moved("127.0.0.1:7001", { services: { ...mesh.services, "10.0.0.9:80": "one" } }) },
      // No weights: programs of another shape.
      { kind: "generation", words: moved("127.0.0.1:7005", { services: { "10.0.0.1:80": "one", "[fd00:1::2]:80": "one" } }) },
      { kind: "generation", words: mesh },
    ] as const;
    const bundles = await Promise.all(steps.map(async ({ kind, words }) => ({ kind, bundle: await meshBundle(words) })));
    await session.apply(await meshBundle(mesh), cgroup);
    await prober.load(["10.0.0.1:80", "[fd00:1::2]:80"]);
    const ways: Record<string, number> = {};
    const end = performance.now() + 4000;
    while (performance.now() < end) {
      for (const { kind, bundle } of bundles) {
        const report = await session.apply(bundle);
        assert.is(report.kind, kind);
        const way = report.programs.length > 0 ? "shape" : kind;
        ways[way] = (ways[way] ?? 0) + 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    const counts = await prober.stop();
    const landed = Object.values(counts).flatMap((places) => Object.keys(places));
    assert.equal([...new Set(landed)].sort(), ["127.0.0.1:7001", "127.0.0.1:7005"]);
    const total = Object.values(counts)
      .flatMap((places) => Object.values(places))
      .reduce((a, b) => a + b, 0);
    assert.ok(total > 50, `${total} connections`);
    tell(
      "MEASURED",
      `${total} connections under ${Object.entries(ways)
        .map(([way, n]) => `${n} ${way} changes`)
        .join(", ")}: none failed`,
    );
    assert.is((await prober.connect("10.0.0.1:80")).at, "127.0.0.1:7001");
  }),
);

connects("endpoints that come and go are followed by the next connection", () =>
  inWorld(async ({ cgroup, session, prober }) => {
    await session.apply(await meshBundle(mesh), cgroup);
    for (let i = 0; i < 50; i++) {
      const endpoint = `127.0.0.1:${7001 + (i % 5)}`;
      const empty = i % 10 === 9;
      await session.apply(await meshBundle({ ...mesh, clusters: { ...mesh.clusters, one: empty ? [] : [endpoint] } }));
      assert.is((await prober.connect("10.0.0.1:80")).at, empty ? "EPERM" : endpoint);
    }
  }),
);

connects("another cgroup: its processes are steered, the earlier one's are not", () =>
  inWorld(async ({ pins, cgroup, session, prober }) => {
    const bundle = await meshBundle(mesh);
    await session.apply(bundle, cgroup);
    await withCgroup(async (other) => {
      assert.equal([...(await session.apply(bundle, other)).attached].sort(), [
        "connect4",
        "connect6",
        "getpeername4",
        "getpeername6",
        "sock_release",
      ]);
      assert.is((await prober.connect("[fd00:1::2]:80")).at, "ENETUNREACH");
      await session.apply(bundle, cgroup);
      assert.is((await prober.connect("[fd00:1::2]:80")).at, "127.0.0.1:7001");
    });
    assert.is(readStatus(kernel(), pins).programs.length, 5);
  }),
);

connects("a second instance of everything leaves nothing behind", () =>
  withBpfFolder((bpf) =>
    withCgroup(async (cgroup) => {
      const pins = `${bpf}/kmesh`;
      const session = openSession(kernel(), pins);
      await session.apply(await meshBundle(mesh), cgroup);
      await session.apply(await meshBundle({ ...mesh, services: { "10.0.0.1:80": "one" } }));
      const ids = idsOf(pins);
      assert.ok(ids.map.length > 15 && ids.link.length === 5);
      session.close();
      const { detach } = await import("../../runtime/apply/index.ts");
      assert.ok(detach(kernel(), pins).removed.length >= 18);
      assert.equal(await leftOf(ids), []);
      assert.not.ok(kernel().listPins(bpf).includes("kmesh"));
    }),
  ),
);

connects.run();
