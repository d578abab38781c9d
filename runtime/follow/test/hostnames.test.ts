import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Bundle } from "../../../compiler/bundle/format.ts";
import { dumpBundle } from "../../../compiler/index.ts";
import { dnsLimits } from "../../dns/index.ts";
import { KernelError } from "../../kernel/error.ts";
import type { RunChange } from "../../plan/index.ts";
import { bench } from "./bench.ts";
import { dns, endpoints, listener, quiet, update } from "./mesh.ts";

const hostnames = suite("hostnames");

const a = "all v4_only a.example";
const b = "all v4_only b.example";

/** A service whose cluster has the names a and b; a is known, b is not. */
async function running() {
  const made = bench();
  made.resolver.set(a, "10.1.0.1", "10.1.0.2");
  void made.follow.update(update("cluster", [dns("c", "a.example:80", "b.example:81")]));
  void made.follow.update(update("listener", [listener("l", "10.0.0.1:80", "c")]));
  await made.clock.pass(10);
  return made;
}

function generations({ session }: { readonly session: { readonly applied: readonly (Bundle | RunChange)[] } }): readonly Bundle[] {
  return session.applied.filter((one): one is Bundle => "manifest" in one);
}

/** Endpoints of a bundle's dump, in their order. */
function endpointsOf(bundle: Bundle | undefined): readonly string[] {
  return [...dumpBundle(bundle!).matchAll(/10\.1\.\d+\.\d+:\d+/g)].map(([at]) => at);
}

hostnames("a generation has the addresses of its names, and what is persisted too", async () => {
  const made = await running();
  const [first] = generations(made);
  assert.equal(endpointsOf(first), ["10.1.0.1:80", "10.1.0.2:80"]);
  assert.equal([...made.resolver.watched].sort(), [a, b]);
  await made.clock.pass(10);
  assert.is(made.builder.requests.length, 2);
  assert.equal(
    made.builder.requests[1]!.known.map(({ kind, name }) => `${kind} ${name}`),
    [`answer ${a}`],
  );
  assert.equal(generations(made)[1]?.manifest.tables, first?.manifest.tables, "the builder makes the same of them");
  await made.clock.pass(1000);
  assert.is(made.builder.requests.length, 2);
});

hostnames("another answer is a cell, and a first one too", async () => {
  const made = await running();
  await made.clock.pass(10);
  const before = made.session.applied.length;
  made.resolver.set(a, "10.1.0.7");
  await quiet();
  made.resolver.set(b, "10.1.0.8");
  await quiet();
  assert.is(made.session.applied.length, before + 2, "at once");
  assert.ok(made.session.applied.slice(before).every((one) => !("manifest" in one)));
  assert.equal(endpointsOf(made.follow.bundle()), ["10.1.0.7:80", "10.1.0.8:81"]);
  assert.is(made.follow.status().numbers.applied.cell.count, 2);
  await made.clock.pass(1000);
  assert.is(made.builder.requests.length, 3, "what is persisted has a first answer");
});

hostnames("another answer for a name of very many clusters is a generation, that another thread builds", async () => {
  const made = bench();
  made.resolver.set(a, "10.1.0.1");
  const clusters = Array.from({ length: 200 }, (_, i) => dns(`c${i}`, "a.example:80"));
  void made.follow.update(update("cluster", clusters));
  await made.clock.pass(100);
  assert.is(endpointsOf(made.follow.bundle()).length, 200);
  const before = made.session.applied.length;
  made.resolver.set(a, "10.1.0.7");
  await quiet();
  assert.is(made.session.applied.length, before, "no cell");
  await made.clock.pass(10);
  assert.ok("manifest" in made.session.applied[before]!);
  assert.equal([...new Set(endpointsOf(made.follow.bundle()))], ["10.1.0.7:80"]);
  await made.clock.pass(100);
  const after = made.session.applied.length;
  await made.clock.pass(1000);
  assert.is(made.session.applied.length, after);
});

hostnames("one name at the name servers of two clusters is two names", async () => {
  const made = bench();
  const own = `all v4_only@10.0.0.53:53 a.example`;
  const resolvers = [{ socket_address: { address: "10.0.0.53", port_value: 53 } }];
  made.resolver.set(a, "10.1.0.1");
  made.resolver.set(own, "10.1.0.2");
  void made.follow.update(update("cluster", [dns("c", "a.example:80"), { ...dns("d", "a.example:81"), dns_resolvers: resolvers }]));
  void made.follow.update(update("listener", [listener("l", "10.0.0.1:80", "c"), listener("m", "10.0.0.2:80", "d")]));
  await made.clock.pass(10);
  assert.equal([...made.resolver.watched].sort(), [a, own].sort());
  assert.equal(endpointsOf(made.follow.bundle()), ["10.1.0.1:80", "10.1.0.2:81"]);
  await made.clock.pass(10);
  made.resolver.set(own, "10.1.0.7");
  await quiet();
  assert.is((made.session.applied.at(-1) as RunChange).cluster, 1);
  assert.equal(endpointsOf(made.follow.bundle()), ["10.1.0.1:80", "10.1.0.7:81"]);
  // Another name server is another answer.
  void made.follow.update(update("cluster", [dns("d", "a.example:81")]));
  await made.clock.pass(10);
  assert.equal([...made.resolver.watched], [a]);
  assert.equal(endpointsOf(made.follow.bundle()), ["10.1.0.1:80", "10.1.0.1:81"]);
});

hostnames("clusters whose name servers can't be asked look nothing up", async () => {
  const made = bench();
  void made.follow.update(update("cluster", [{ ...dns("c", "a.example:80"), dns_resolvers: [{ pipe: { path: "/run/dns" } }] }]));
  await made.clock.pass(10);
  assert.equal([...made.resolver.watched], []);
});

hostnames("no addresses are no endpoints", async () => {
  const made = await running();
  made.resolver.set(a);
  await quiet();
  assert.equal(endpointsOf(made.follow.bundle()), []);
});

hostnames("answers that come while a generation is built or written are in it, or a cell after it", async () => {
  const made = await running();
  await made.clock.pass(10);
  made.builder.hold();
  void made.follow.update(update("cluster", [dns("Z", "z.example:80")]));
  await made.clock.pass(10);
  made.resolver.set(a, "10.1.0.9");
  await quiet();
  assert.is((made.session.applied.at(-1) as RunChange).cluster, 0, "c is the first, until Z is there");
  made.resolver.set("all v4_only z.example", "10.1.9.9");
  made.builder.go();
  await made.clock.pass(0);
  assert.equal(endpointsOf(generations(made).at(-1)), ["10.1.9.9:80", "10.1.0.9:80"]);
});

hostnames("names that no cluster has are given up, and forgotten", async () => {
  const made = await running();
  await made.clock.pass(10);
  void made.follow.update(update("cluster", [dns("c", "b.example:81")]));
  await made.clock.pass(10);
  assert.equal([...made.resolver.watched], [b]);
  void made.follow.update(update("cluster", [dns("d", "b.example:81")]));
  await made.clock.pass(10);
  assert.equal(made.builder.requests.at(-1)!.known, [{ kind: "answer", name: a, addresses: undefined }]);
});

hostnames("a generation that the kernel refuses leaves the names of the one that runs", async () => {
  const made = await running();
  await made.clock.pass(10);
  made.session.failNext(new KernelError("verifier", "no"));
  void made.follow.update(update("cluster", [dns("c", "b.example:81")]));
  await made.clock.pass(10);
  assert.ok(made.resolver.watched.has(a));
  made.resolver.set(a, "10.1.0.7");
  await quiet();
  assert.equal(endpointsOf(made.follow.bundle()), ["10.1.0.7:80"]);
});

hostnames("a kernel that is behind gets the answers with the next try", async () => {
  const made = await running();
  await made.clock.pass(10);
  made.session.failNext(new KernelError("call", "no"));
  made.resolver.set(a, "10.1.0.7");
  await quiet();
  assert.ok(made.follow.status().behind);
  made.resolver.set(b, "10.1.0.8");
  await quiet();
  await made.clock.pass(1100);
  assert.not(made.follow.status().behind);
  assert.equal(endpointsOf(generations(made).at(-1)), ["10.1.0.7:80", "10.1.0.8:81"]);
});

hostnames("addresses that do not fit are not taken, in a generation or as a cell; the mesh goes on", async () => {
  const made = bench();
  const many = Array.from({ length: dnsLimits.addresses }, (_, i) => `10.1.1.${i}`);
  const hosts = Array.from({ length: 257 }, (_, i) => `h${i}.example:80`);
  for (const host of hosts) made.resolver.set(`all v4_only ${host.slice(0, -3)}`, ...many);
  void made.follow.update(update("cluster", [dns("big", ...hosts), dns("c", "a.example:80")]));
  await made.clock.pass(10);
  assert.ok(made.lines.some((line) => line.includes("do not fit")));
  assert.equal(endpointsOf(made.follow.bundle()), []);
  made.resolver.set(a, "10.1.0.1");
  await quiet();
  assert.equal(endpointsOf(made.follow.bundle()), ["10.1.0.1:80"]);
  const verdict = made.follow.update(update("cluster", [dns("d", "a.example:80")]));
  await made.clock.pass(10);
  assert.equal(await verdict, { kind: "accepted" });
});

hostnames("clusters that connect() does not go to look nothing up", async () => {
  const made = bench();
  const tls = {
    name: "tls",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext" },
  };
  void made.follow.update(update("cluster", [{ ...dns("c", "a.example:80"), transport_socket: tls }, { ...dns("n", "10.0.0.1:80") }]));
  void made.follow.update(update("endpoint", [endpoints("x", "10.1.0.1:80")]));
  await made.clock.pass(10);
  assert.equal([...made.resolver.watched], []);
});

hostnames.run();
