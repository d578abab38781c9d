/** The programs' log: what is told at which level, in which words, and that the level outlives the daemon. */
import { statSync } from "node:fs";
import * as assert from "uvu/assert";
import type { LogEntry } from "../../compiler/bundle/format.ts";
import { openSession, type Session } from "../../runtime/apply/index.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withNamespace } from "./harness.ts";
import { type MeshWords, meshBundle } from "./mesh.ts";
import { type Prober, startProber } from "./probe.ts";

const log = kernelSuite("programs' log");

const mesh: MeshWords = {
  clusters: { four: ["127.0.0.1:7001"], six: ["[::1]:7001"], empty: [] },
  services: { "10.0.0.1:80": "four", "[fd00:1::1]:80": "six", "10.0.0.4:80": "empty" },
};
/** More than fit into the ring. */
const MANY = 5000;

interface World {
  readonly pins: string;
  readonly cgroup: string;
  readonly prober: Prober;
}

function inWorld(action: (world: World) => Promise<void>): Promise<void> {
  return withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace([], async (namespace) => {
        const prober = await startProber(namespace, cgroup);
        try {
          await prober.serve(["127.0.0.1:7001", "[::1]:7001"]);
          await action({ pins: `${bpf}/kmesh`, cgroup, prober });
        } finally {
          await prober.end();
        }
      }),
    ),
  );
}

/** One connection of each kind. */
async function connectAll(prober: Prober): Promise<void> {
  assert.is((await prober.connect("10.0.0.1:80")).at, "127.0.0.1:7001");
  assert.is((await prober.connect("[fd00:1::1]:80")).at, "[::1]:7001");
  assert.is((await prober.connect("10.0.0.4:80")).at, "EPERM");
  assert.is((await prober.connect("127.0.0.1:7001")).at, "127.0.0.1:7001");
}

const words = ({ level, reason, family, to, endpoint = "" }: LogEntry): string =>
  `${level} ${reason} ${family} ${to} ${endpoint}`.trimEnd();
const told = (session: Session): readonly string[] => session.programLog.read().entries.map(words);

const warnings = ["warn no_endpoint 4 10.0.0.4:80"];
const infos = ["info forwarded 4 10.0.0.1:80 127.0.0.1:7001", "info forwarded 6 [fd00:1::1]:80 [::1]:7001", ...warnings];
const all = [...infos, "debug unmanaged 4 127.0.0.1:7001"];

log("each level tells its own and those before it; a restart keeps the level", () =>
  inWorld(async ({ pins, cgroup, prober }) => {
    const session = openSession(kernel(), pins);
    await session.apply(await meshBundle(mesh), cgroup);
    assert.is(session.programLog.level(), "error");
    for (const [level, expected] of [
      ["error", []],
      ["warn", warnings],
      ["info", infos],
      ["debug", all],
    ] as const) {
      session.programLog.setLevel(level);
      await connectAll(prober);
      assert.equal(told(session), expected, level);
    }
    session.programLog.setLevel("info");
    session.close();

    await connectAll(prober);
    const next = openSession(kernel(), pins);
    assert.is(next.programLog.level(), "info");
    assert.equal(told(next), infos, "what nobody read meanwhile");
    const { services, ...rest } = mesh;
    await next.apply(await meshBundle({ ...rest, services: { ...services, "10.0.0.9:80": { four: 1, empty: 1 } } }));
    await prober.connect("10.0.0.1:80");
    const [entry] = next.programLog.read().entries;
    assert.is(words(entry!), infos[0], "programs of another shape write to the same ring");
    assert.is(entry!.cgroup, statSync(cgroup, { bigint: true }).ino);
    assert.ok(entry!.pid > 1 && entry!.time > 0n);
    next.close();
  }),
);

log("what does not fit into the ring is counted", () =>
  inWorld(async ({ pins, cgroup, prober }) => {
    const session = openSession(kernel(), pins);
    await session.apply(await meshBundle(mesh), cgroup);
    session.programLog.setLevel("warn");
    await prober.burst("10.0.0.4:80", MANY);
    const { entries, dropped } = session.programLog.read();
    assert.ok(dropped > 0);
    assert.is(entries.length + dropped, MANY);
    await prober.connect("10.0.0.4:80");
    assert.equal([told(session), session.programLog.read().dropped], [warnings, 0], "there is room again");
    session.close();
  }),
);

log.run();
