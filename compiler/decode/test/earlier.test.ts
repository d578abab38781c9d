/** A long list that changes a little: what stays is the same object, and everything is as if it was read anew. */
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Collector } from "../../diag/index.ts";
import { createDecoder, createEarlierVersions, decodeResource, type XdsRawResource } from "../index.ts";
import { encodeJson } from "./encoding.ts";

const earlier = suite("decode: earlier items");

const type = "envoy.config.route.v3.RouteConfiguration";

interface Vhost {
  readonly name: string;
  readonly domains: readonly string[];
  readonly routes: readonly object[];
}

/** Its routes have what is a note, what is a punt, and together 400 bytes. */
function vhost(name: string, cluster = name): Vhost {
  const route = { cluster, timeout: "3s", retry_policy: { retry_on: "x".repeat(150) }, request_mirror_policies: [{ cluster }] };
  return { name, domains: [`${name}.example`], routes: [{ name: "r".repeat(150), match: { prefix: "/" }, route }] };
}

const names = Array.from({ length: 200 }, (_, i) => `vhost-${i}`);

function table(vhosts: readonly Vhost[], name = "80"): XdsRawResource {
  return { kind: "route", name, form: "protobuf", bytes: encodeJson(type, { name, virtual_hosts: vhosts }) };
}

interface Decoded {
  readonly vhosts: readonly object[];
  readonly told: unknown;
}

function decodedBy(decode: typeof decodeResource, raw: XdsRawResource): Decoded {
  const sink = new Collector();
  const resource = decode(raw, sink);
  return { vhosts: (resource?.message["virtual_hosts"] ?? []) as readonly object[], told: sink.list() };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Decodes by both, which must give and tell the same. */
function same(decode: typeof decodeResource, raw: XdsRawResource): readonly object[] {
  const [found, anew] = [decodedBy(decode, raw), decodedBy(decodeResource, raw)];
  assert.equal(plain(found.vhosts), plain(anew.vhosts));
  assert.equal(found.told, anew.told);
  return found.vhosts;
}

const all = names.map((name) => vhost(name));

earlier("what stays is the same object from the second version on", () => {
  const decode = createDecoder();
  same(decode, table(all));
  const before = same(decode, table(all));
  const changed = [...all.slice(50), vhost("new"), vhost(names[0]!, "other"), ...all.slice(1, 40)];
  const after = same(decode, table(changed));
  const stayed = after.filter((one) => before.includes(one));
  assert.is(stayed.length, 150 + 39);
});

earlier("a name that stands twice, and items without one", () => {
  const decode = createDecoder();
  const twice = [...all, vhost(names[3]!, "other"), vhost("", "a"), vhost("", "b")];
  for (let i = 0; i < 3; i++) same(decode, table(twice));
  for (let i = 0; i < 3; i++) same(decode, table([vhost("", "b"), ...twice]));
});

earlier("what is in error is told each time, and read when it is mended", () => {
  const decode = createDecoder();
  const broken = [...all, { ...vhost("broken"), domains: [] }];
  for (let i = 0; i < 3; i++) same(decode, table(broken));
  same(decode, table([...all, vhost("broken")]));
});

earlier("truncated bytes give what they give alone", () => {
  const decode = createDecoder();
  const raw = table(all);
  for (let i = 0; i < 2; i++) same(decode, raw);
  for (const cut of [1, 100, 5000]) same(decode, { ...raw, bytes: raw.bytes.subarray(0, raw.bytes.length - cut) });
  same(decode, raw);
});

earlier("tables with the same virtual hosts tell of their own", () => {
  const decode = createDecoder();
  for (let i = 0; i < 3; i++) for (const name of ["80", "8080"]) same(decode, table(all, name));
});

earlier("one version's bytes are held, not those of all that have something left", async () => {
  const versions = createEarlierVersions();
  // A decoder for each, as it holds on to some bytes itself; not of the buffers that small ones share.
  const version = (n: number): XdsRawResource => {
    const raw = table(all.map((one, i) => (i === n ? vhost(one.name, "other") : one)));
    return { ...raw, bytes: Uint8Array.from(raw.bytes) };
  };
  const decode = (n: number): unknown => createDecoder(versions)(version(n), new Collector());
  for (let n = 0; n < 2; n++) decode(n);
  const before = await heldBytes();
  for (let n = 2; n < names.length; n++) decode(n);
  const limit = 10 * version(0).bytes.length;
  let grown = (await heldBytes()) - before;
  // Memory is given back in another thread, some time after it was found to be free.
  for (let tries = 0; grown >= limit && tries < 100; tries++) grown = (await heldBytes()) - before;
  assert.ok(grown < limit, `${grown} bytes`);
});

async function heldBytes(): Promise<number> {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  await pause(10);
  return process.memoryUsage().arrayBuffers;
}

earlier.run();
