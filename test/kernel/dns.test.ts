/** `kmesh-daemon run` follows the answers of a name server: connect() moves without a generation, and failures move nothing. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { detach } from "../../runtime/apply/index.ts";
import { dns as dnsCluster, listener, snapshotText } from "../../runtime/follow/test/mesh.ts";
import { readPublished } from "../../runtime/status/index.ts";
import { type DnsReply, type DnsServer, startDnsServer } from "../dns-server.ts";
import { type Daemon, eventually, startDaemon } from "./daemon.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withNamespace, withTempFolder } from "./harness.ts";
import { startProber } from "./probe.ts";

const dns = kernelSuite("dns");

const service = "10.0.0.1:80";
const other = "10.0.0.2:80";
const third = "10.0.0.3:80";
const [one, two] = ["127.0.0.1:7001", "127.0.0.2:7001"] as const;

/** The cluster `own` has the host name of `c`, and a name server of its own. */
function meshText(own: Pick<DnsServer, "ip" | "port">, more: readonly string[] = []): string {
  const often = { dns_refresh_rate: "0.100s", dns_failure_refresh_rate: { base_interval: "0.100s" } };
  return snapshotText({
    clusters: [
      { ...dnsCluster("c", "web.example:7001"), ...often },
      {
        ...dnsCluster("own", "web.example:7001"),
        ...often,
        dns_resolvers: [{ socket_address: { address: own.ip, port_value: own.port } }],
      },
      ...more.map((name) => ({ ...dnsCluster(name, "late.example:7001"), ...often })),
    ],
    endpoints: [],
    listeners: [listener("l", service, "c"), listener("o", third, "own"), ...more.map((name) => listener(name, other, name))],
  });
}

dns("answers, failures and a restart", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withTempFolder((folder) =>
        withNamespace([], async (namespace) => {
          const answers = new Map<string, DnsReply>([["web.example", { addresses: ["127.0.0.1"], ttl: 60 }]]);
          let questions = 0;
          const server = await startDnsServer((name) => {
            questions++;
            return answers.get(name) ?? "no such name";
          });
          let ownAnswer = "127.0.0.2";
          const ownServer = await startDnsServer(() => ({ addresses: [ownAnswer], ttl: 60 }));
          const pins = `${bpf}/kmesh`;
          const file = join(folder, "snapshot.json");
          const start = (): Daemon =>
            startDaemon(folder, ["--cgroup", cgroup, "--pin", pins, "--snapshot", file, "--dns", `${server.ip}:${server.port}`]);
          const generation = (): number => readPublished(kernel(), pins).header.generation;
          writeFileSync(file, meshText(ownServer));
          let running = start();
          const prober = await startProber(namespace, cgroup);
          const lands = (to: string, at: string): Promise<void> =>
            eventually(`${to} leads to ${at}`, async () => (await prober.connect(to)).at === at);
          const asked = async (): Promise<void> => {
            const enough = questions + 3;
            await eventually("the server was asked", async () => questions >= enough);
          };
          try {
            await prober.serve([one, two]);
            await running.ready();
            const first = generation();
            assert.is((await prober.connect(service)).at, one, "the first generation has the addresses");
            assert.is((await prober.connect(third)).at, two, "of the cluster's own name server, where it has one");

            answers.set("web.example", { addresses: ["127.0.0.2"], ttl: 60 });
            await lands(service, two);
            ownAnswer = "127.0.0.1";
            await lands(third, one);
            assert.is(generation(), first, "no generation");
            answers.set("web.example", "server failure");
            await asked();
            assert.is((await prober.connect(service)).at, two, "the last good answer stays");
            await eventually("the failure is told", async () => /dns_failing_names 1\n/.test((await running.get("/metrics")).text));

            const kept = (): boolean => readFileSync(join(folder, "state", "hostnames.json"), "utf8").includes("127.0.0.2");
            await eventually("the answer is kept", async () => kept());
            assert.is(await running.end("SIGKILL"), "SIGKILL");
            running = start();
            await running.ready();
            writeFileSync(file, meshText(ownServer, ["d"]));
            await eventually("there is another generation", async () => generation() > first);
            assert.is((await prober.connect(service)).at, two, "after a restart too");
            assert.is((await prober.connect(third)).at, one);
            assert.is((await prober.connect(other)).at, "EPERM", "a name that is nowhere");
            answers.set("late.example", { addresses: ["127.0.0.1"], ttl: 60 });
            await lands(other, one);

            assert.is(await running.end("SIGTERM"), 0, JSON.stringify(running.log));
            detach(kernel(), pins);
            answers.set("late.example", "silence");
            running = start();
            await running.ready();
            // On an empty machine: what was persisted first, then what was kept of the names.
            await lands(service, two);
            await lands(other, one);

            answers.set("web.example", "no such name");
            await eventually("a name that is gone is refused", async () => (await prober.connect(service)).at === "EPERM");
            assert.is(await running.end("SIGTERM"), 0, JSON.stringify(running.log));
          } finally {
            server.close();
            ownServer.close();
            await running.kill();
            await prober.end();
          }
        }),
      ),
    ),
  ),
);

dns.run();
