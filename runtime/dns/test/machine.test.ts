/** The machine's own way of asking, with a real name server. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type DnsKnowledge, startDnsServer } from "../../../test/dns-server.ts";
import { answersFile } from "../answers-file.ts";
import { createChannels } from "../channels.ts";
import { dnsLimits, type Lookup, machineAsk, type Outcome, serversProblem } from "../index.ts";
import { parseHosts, parseSearch, searched } from "../machine-files.ts";

const test = suite("machine");

interface Machine {
  readonly folder: string;
  readonly ask: (hostname: string, family: 4 | 6, lookup?: Lookup) => Promise<Outcome>;
  /** Names that were asked for. */
  readonly asked: string[];
}

async function withMachine(files: Readonly<Record<string, string>>, knows: DnsKnowledge, body: (machine: Machine) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), "km-dns-"));
  const asked: string[] = [];
  const server = await startDnsServer((name, family) => {
    asked.push(name);
    return knows(name, family);
  });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const machine = machineAsk({
    servers: [`${server.ip}:${server.port}`],
    hostsFile: join(folder, "hosts"),
    resolvConf: join(folder, "resolv.conf"),
  });
  try {
    await body({ folder, ask: (hostname, family, lookup = {}) => machine(hostname, family, lookup), asked });
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

test("addresses with their time to live", () =>
  withMachine(
    {},
    (_, family) => ({ addresses: family === 4 ? ["10.0.0.1", "10.0.0.2"] : ["fd00::1"], ttl: 7 }),
    async ({ ask }) => {
      const record = (address: string) => ({ address, ttlMs: 7000 });
      assert.equal(await ask("a.example", 4), { kind: "answer", records: [record("10.0.0.1"), record("10.0.0.2")] });
      assert.equal(await ask("a.example", 6), { kind: "answer", records: [record("fd00::1")] });
    },
  ));

test("no such name and no such record are answers, a server that is broken is a failure", () =>
  withMachine(
    {},
    (name) => (name === "none" ? "no such name" : name === "broken" ? "server failure" : { addresses: [], ttl: 0 }),
    async ({ ask }) => {
      for (const name of ["none", "empty"]) assert.equal(await ask(name, 4), { kind: "answer", records: [] });
      assert.is((await ask("broken", 4)).kind, "failure");
      assert.is((await ask("..", 4)).kind, "failure", "no name at all");
    },
  ));

test("the hosts file comes first, and a new one counts", () =>
  withMachine(
    { hosts: "# comment\n10.1.0.1 A.example alias\nfd00::5 a.example # six\n10.1.0.2 a.example\n" },
    () => ({ addresses: ["10.9.9.9"], ttl: 0 }),
    async ({ folder, ask, asked }) => {
      const addresses = async (name: string, family: 4 | 6) => {
        const outcome = await ask(name, family);
        return outcome.kind === "answer" && outcome.records.map(({ address }) => address);
      };
      assert.equal(await addresses("a.EXAMPLE", 4), ["10.1.0.1", "10.1.0.2"]);
      assert.equal(await addresses("a.example.", 6), ["fd00::5"]);
      assert.equal(await addresses("localhost", 4), ["127.0.0.1"]);
      assert.equal(asked, []);
      await ask("alias", 6);
      assert.equal(asked, ["alias"], "the file has no IPv6 address of it");
      writeFileSync(join(folder, "hosts"), "10.1.0.77 a.example\n");
      assert.equal(await addresses("a.example", 4), ["10.1.0.77"]);
    },
  ));

test("short names are looked for below the search domains", () =>
  withMachine(
    { "resolv.conf": "nameserver 192.0.2.1\nsearch broken.local svc.local\noptions ndots:2 timeout:1\n" },
    (name) => {
      if (name.endsWith("broken.local")) return "server failure";
      return name === "web.svc.local" || name === "a.b.c" ? { addresses: ["10.0.0.1"], ttl: 0 } : "no such name";
    },
    async ({ ask, asked }) => {
      assert.is(((await ask("web", 4)) as { records?: unknown[] }).records?.length, 1);
      assert.ok(asked.includes("web.broken.local"));
      asked.length = 0;
      await ask("a.b.c", 4);
      assert.equal(asked, ["a.b.c"], "enough dots");
      assert.is((await ask("other", 4)).kind, "failure", "one domain could not be asked");
    },
  ));

test("name servers of a cluster's own are asked in the machine's place", async () => {
  const servers = await Promise.all(["10.0.0.2", "10.0.0.3"].map((address) => startDnsServer(() => ({ addresses: [address], ttl: 0 }))));
  const at = servers.map(({ ip, port }) => `${ip}:${port}`);
  try {
    await withMachine(
      { hosts: "10.0.0.9 local\n" },
      () => ({ addresses: ["10.0.0.1"], ttl: 0 }),
      async ({ ask, asked }) => {
        const addresses = async (name: string, lookup?: Lookup) => {
          const outcome = await ask(name, 4, lookup);
          return outcome.kind === "answer" && outcome.records.map(({ address }) => address).join(" ");
        };
        const all = [addresses("a"), addresses("a", { servers: [at[0]!] }), addresses("a", { servers: [at[1]!] })];
        assert.equal(await Promise.all(all), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
        assert.equal(asked, ["a"]);
        assert.is(await addresses("a", { servers: [at[1]!, at[0]!] }), "10.0.0.3", "the first one first");
        assert.is(await addresses("a", { servers: at, fallback: true }), "10.0.0.1", "the machine has its own");
        assert.is(await addresses("local", { servers: at }), "10.0.0.9", "the hosts file comes first here, too");
      },
    );
  } finally {
    for (const server of servers) server.close();
  }
});

test("a name as it is has no search domains", () =>
  withMachine(
    { "resolv.conf": "search svc.local\noptions ndots:2\n" },
    (name) => ({ addresses: [name === "web" ? "10.0.0.1" : "10.0.0.2"], ttl: 0 }),
    async ({ ask, asked }) => {
      await ask("web", 4, { asIs: true });
      assert.equal(asked, ["web"]);
      await ask("web", 4);
      assert.equal(asked, ["web", "web.svc.local"]);
    },
  ));

test("servers as a fall-back count where the machine has none", () => {
  const fallback = { servers: ["10.0.0.53:5353"], fallback: true };
  const serversOf = (knows: boolean) =>
    createChannels(undefined, () => knows)
      .of(fallback, "")
      .getServers();
  assert.equal(serversOf(false), fallback.servers);
  assert.is.not(serversOf(true).join(), fallback.servers.join());
  assert.equal(createChannels(["127.0.0.1"]).of(fallback, "").getServers(), ["127.0.0.1"], "told to ask there");
});

test("channels last while they are asked, and are not more than the sets", () => {
  const channels = createChannels(["10.0.0.53"]);
  assert.is(channels.of({}, "1"), channels.of({}, "1"));
  assert.is.not(channels.of({}, "1"), channels.of({}, "2"), "another resolv.conf");
  const of = (i: number) => channels.of({ servers: [`10.1.0.${i}:53`] }, "2");
  const first = of(0);
  const second = of(1);
  for (let i = 2; i < dnsLimits.serverSets; i++) of(i);
  assert.is(of(0), first);
  of(dnsLimits.serverSets);
  assert.is(of(0), first);
  assert.is.not(of(1), second, "the one that nobody asked for the longest time");
});

test("what can't be a name server", () => {
  for (const server of ["10.0.0.53", "10.0.0.53:5353", "fd00::53", "::1", "[fd00::53]:53"])
    assert.is(serversProblem([server]), undefined, server);
  for (const server of ["10.0.0.53:0", "[fd00::53]:0", "10.0.0.53:65536", "dns.example", ""])
    assert.type(serversProblem([server]), "string", server);
});

test("files in the words of their manuals", () => {
  assert.equal(parseSearch("search a b\ndomain c\noptions ndots:99\n; comment"), { domains: ["c"], ndots: 15 });
  assert.equal(parseSearch(""), { domains: [], ndots: 1 });
  assert.equal([...parseHosts("10.0.0.1\n\n# 10.0.0.2 b\n")], []);
  assert.equal(searched("a.", { domains: ["b"], ndots: 1 }), ["a."]);
  assert.equal(searched("a", { domains: ["b.", "."], ndots: 1 }), ["a.b", "a"]);
  assert.equal(searched("a.c", { domains: ["b"], ndots: 1 }), ["a.c", "a.c.b"]);
});

test("answers outlive the process; a file that is broken is none", () => {
  const folder = mkdtempSync(join(tmpdir(), "km-dns-"));
  try {
    const path = join(folder, "names.json");
    const file = answersFile(path);
    assert.equal([...file.read()], []);
    const answers = new Map([["all auto a", ["10.0.0.1", "fd00::1"]]]);
    file.write(answers);
    assert.equal([...file.read()], [...answers]);
    for (const text of ["{", "[]", '{"a": ["no address"]}', '{"a": 1}']) {
      writeFileSync(path, text);
      assert.equal([...file.read()], [], text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
