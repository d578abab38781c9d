/** The tables in words: every record in the long form, no noise in the short one, and one clean line a record whatever the bytes are. */
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openSession } from "../../cli/session.ts";
import { Collector } from "../../diag/index.ts";
import type { HirModel } from "../../hir/index.ts";
import { compileModel, dumpTables } from "../../index.ts";
import { type DumpOptions, dumpImages } from "../dump.ts";
import { inOnePiece, tables } from "../index.ts";

const dump = suite("dump");

function compiled(fixture: string) {
  const found = compileModel(openSession(join("fixtures", fixture, "snapshot.json")).model, new Collector());
  if (!found) throw new Error(`${fixture} does not compile`);
  const images = new Map([...found.images].map(([name, image]) => [name as string, inOnePiece(image.parts)]));
  return {
    images,
    counts: found.images,
    text: (options?: DumpOptions, bytes = images) => dumpImages(found.header, bytes, found.names, options),
  };
}

/** Lines by table. */
function sections(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const table = /^table (\S+) /.exec(line)?.[1];
    if (table === undefined) {
      lines.push(line);
      continue;
    }
    lines = [];
    found.set(table, lines);
  }
  return found;
}

const mixed = [
  "vhost-domain-order",
  "chain-source-ports",
  "chain-names",
  "path-regex",
  "header-string-match",
  "weights-with-names",
  "hostile-names",
];

dump("the long form has every record", () => {
  for (const fixture of mixed) {
    const { counts, text } = compiled(fixture);
    const found = sections(text({ detail: "all" }));
    for (const [name, { count }] of counts) {
      if (count === 0 || ["svc4", "svc6", "word"].includes(name)) continue;
      assert.is(found.get(name)?.length, count, `${fixture}: table ${name}`);
    }
  }
});

dump("the short form has no line that the long one has not, but sums", () => {
  for (const fixture of mixed) {
    const { text } = compiled(fixture);
    const long = new Set(text({ detail: "all" }).split("\n"));
    for (const lines of sections(text()).values()) {
      for (const line of lines) if (!/^ {2}(fixed=\d+ )?sha256=/.test(line)) assert.ok(long.has(line), `${fixture}: ${line}`);
    }
  }
});

dump("the golden form: one more virtual host is a few more lines", () => {
  const { model } = openSession(join("fixtures", "vhost-domain-order", "snapshot.json"));
  const [table] = model.routeConfigs;
  const [first, ...rest] = table!.vhosts;
  const path = `${table!.path}.virtual_hosts["new"]`;
  const added = { ...rest[0]!, name: "new", path, domains: ["new.com"], routes: [{ ...rest[0]!.routes[0]!, path: `${path}.routes[0]` }] };
  const print = (hir: HirModel) => {
    const found = compileModel(hir, new Collector())!;
    return dumpTables(found, { detail: "names" }).split("\n");
  };
  const before = new Set(print(model));
  const more = print({ ...model, routeConfigs: [{ ...table!, vhosts: [first!, added, ...rest] }] }).filter((line) => !before.has(line));
  assert.equal(
    more.map((line) => line.replace(/ \|.*| count=.*|=[0-9a-f]{16}$/, "")),
    [
      "table vhost record=Vhost size=16",
      '  "r" virtual_hosts["new"] routes=1',
      "table route record=Route size=40",
      '  virtual_hosts["new"].routes[0] prefix "/" -> cluster "foo" else 503',
      "table word record=WordBucket size=64",
      '  "r" domain "new.com" -> virtual_hosts["new"]',
      // Texts have room for more.
      "  sha256",
      "  sha256",
    ],
  );
});

dump("known header names and methods are the same line everywhere", () => {
  const sums = ["vhost-domain-order", "path-regex", "header-string-match", "weights-header-name"].map(
    (fixture) => sections(compiled(fixture).text()).get("word")![0],
  );
  assert.is(new Set(sums).size, 1, sums.join("\n"));
});

dump("words are sorted by what they say", () => {
  const domains = sections(compiled("vhost-domain-order").text())
    .get("word")!
    .flatMap((line) => /domain ("[^*]*") /.exec(line)?.[1] ?? []);
  assert.equal(domains, [...domains].sort());
});

dump("damaged tables are printed, never a crash, one line a record", () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (const fixture of mixed) {
    const { images, text } = compiled(fixture);
    for (let round = 0; round < 40; round++) {
      const damaged = new Map([...images].map(([name, bytes]) => [name, bytes.slice()]));
      for (let hits = 0; hits < 20; hits++) {
        const bytes = damaged.get(tables[random(tables.length)]!.name)!;
        if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
      }
      const printed = text({ detail: (["names", "ids", "all"] as const)[round % 3]! }, damaged);
      assert.not.match(printed, /undefined|NaN/);
      for (const line of printed.trimEnd().split("\n")) {
        assert.not.match(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
        assert.match(line, /^(header |table | {2})/);
      }
    }
  }
});

dump.run();
