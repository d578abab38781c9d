/** Names that every JavaScript object has, at every place of the fixtures where a name may stand: they are names like others. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeSnapshot } from "../compiler/decode/index.ts";
import { Collector } from "../compiler/diag/index.ts";
import { packageRoot } from "../compiler/package-root.ts";
import { resolveSnapshot } from "../compiler/resolve/index.ts";
import { compileTables } from "../compiler/tables.ts";
import { listFixtures } from "./conformance/fixture.ts";

const hostile = suite("names of Object.prototype");

const words = ["constructor", "__proto__", "toString"];
/** One place in so many is tried, another one in each fixture. */
const stride = 31;
/** A text, with a colon behind it if it is a field's name. */
const texts = /"((?:[^"\\]|\\.)*)"(\s*:)?/g;

/** What is told, a line each. */
function compile(text: string): readonly string[] {
  const sink = new Collector();
  const model = resolveSnapshot(decodeSnapshot([{ name: "snapshot.json", bytes: Buffer.from(text) }], sink), sink);
  if (!sink.has("error")) compileTables(model, sink);
  return sink.list().map(({ code, severity, path, message }) => `${severity} ${code} ${path}: ${message}`);
}

/** What may stand instead of a text: of a type's name the first part stays, too. */
function insteadOf(text: string): readonly string[] {
  const type = /^type\.googleapis\.com\/(?:.*\.)?/.exec(text);
  return type ? words.flatMap((word) => [`type.googleapis.com/${word}`, type[0] + word]) : words;
}

hostile("instead of any text, and as any field's name", () => {
  const folder = join(packageRoot, "fixtures");
  let tried = 0;
  for (const [number, name] of listFixtures(folder).entries()) {
    const snapshot = readFileSync(join(folder, name, "snapshot.json"), "utf8");
    if (snapshot.length > 12_000) continue;
    for (const [i, match] of [...snapshot.matchAll(texts)].entries()) {
      if ((i + number) % stride !== 0) continue;
      const [whole, text, colon = ""] = match;
      for (const word of colon === "" ? insteadOf(text!) : words) {
        tried++;
        const changed = `${snapshot.slice(0, match.index)}"${word}"${colon}${snapshot.slice(match.index + whole.length)}`;
        assert.not.throws(() => compile(changed), undefined, `${name}: ${whole} -> ${word}`);
      }
    }
  }
  assert.ok(tried > 2000, String(tried));
});

const api = "type.googleapis.com/envoy";

/** Where a name is looked up among those that are known. */
const places: Readonly<Record<string, (name: string) => object>> = {
  "the type of a dump's section": (name) => ({ configs: [{ "@type": `${api}.admin.v3.${name}` }] }),
  "the type of a dump's only entry": (name) => ({ configs: [{ "@type": `${api}.admin.v3.ListenersConfigDump.${name}` }] }),
  "a cluster's type": (name) => ({ "@type": `${api}.config.cluster.v3.Cluster`, name: "c", cluster_type: { name } }),
  "a network filter's type": (name) => listenerWith({ name: "f", typed_config: { "@type": `type.googleapis.com/${name}` } }),
  "an HTTP filter's type": (name) =>
    listenerWith({
      name: "f",
      typed_config: {
        "@type": `${api}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
        stat_prefix: "h",
        route_config: {},
        http_filters: [{ name: "f", typed_config: { "@type": `type.googleapis.com/${name}` } }],
      },
    }),
};

function listenerWith(filter: object): object {
  const address = { socket_address: { address: "10.0.0.1", port_value: 80 } };
  return { "@type": `${api}.config.listener.v3.Listener`, name: "l", address, filter_chains: [{ filters: [filter] }] };
}

for (const [what, place] of Object.entries(places))
  hostile(`as ${what}`, () => {
    const unknown = compile(JSON.stringify(place("unheard")));
    assert.match(unknown.join("\n"), "unheard");
    for (const word of words)
      assert.equal(
        compile(JSON.stringify(place(word))),
        unknown.map((line) => line.replaceAll("unheard", word)),
      );
  });

hostile.run();
