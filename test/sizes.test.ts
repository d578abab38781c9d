/** The sizes that a user may have, through both engines: 10,000 services, 100,000 endpoints, 1,000 routes, 64 header matches, 4 KiB heads. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createAsker } from "../compiler/cli/asker.ts";
import { Collector } from "../compiler/diag/index.ts";
import { type Answer, type HirHeaderMatch, type HirModel, parseQuestion } from "../compiler/hir/index.ts";
import { compileModel } from "../compiler/index.ts";
import { chain, cluster, endpoint, http, listener, model, route, routeConfig, tcp, to } from "../compiler/lower/test/models.ts";

const sizes = suite("sizes");

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Answers of both engines, which must agree. */
async function asking(hir: HirModel): Promise<(question: object) => Answer> {
  const asker = await createAsker({ model: hir, diagnostics: [] }, "both");
  return (question) => {
    const parsed = parseQuestion(question);
    if (parsed.kind === "error") throw new Error(parsed.message);
    return asker.ask(parsed.question);
  };
}

const clusterOf = ({ clusters }: Answer): string | undefined => clusters?.[0]?.name;
const serviceIp = (i: number): string => `10.96.${i >> 8}.${i & 255}`;
const name = (i: number): string => `outbound|80||service-${String(i).padStart(5, "0")}.ns.svc.cluster.local`;

sizes("10,000 services and 100,000 endpoints", async () => {
  const endpoints = (i: number) => many(10, (j) => endpoint(`10.${128 + (i >> 12)}.${(i >> 4) & 255}.${((i & 15) << 4) | j}`));
  const hir = model(
    many(10_000, (i) => listener(`l${String(i).padStart(5, "0")}`, [`${serviceIp(i)}:80`], [chain("c", tcp(name(i)))])),
    many(10_000, (i) => cluster(name(i), endpoints(i))),
  );
  const sink = new Collector();
  const compiled = compileModel(hir, sink)!;
  assert.equal(
    sink.list().filter(({ severity }) => severity !== "note"),
    [],
  );
  assert.is(compiled.header.clusters, 10_000);
  assert.is(compiled.images.get("cell")!.count, 160_000);
  const bytes = [...compiled.images.values()].reduce((sum, image) => sum + image.count * image.recordSize, 0);
  console.log(`MEASURED tables of 10,000 services with 100,000 endpoints: ${(bytes / 2 ** 20).toFixed(1)} MiB`);
  const ask = await asking(hir);
  for (const i of [0, 1, 255, 256, 4999, 9998, 9999]) {
    const answer = ask({ to: `${serviceIp(i)}:80` });
    assert.is(clusterOf(answer), name(i));
    assert.equal(
      answer.endpoints?.map(({ address }) => address),
      endpoints(i).map(({ address }) => (address.kind === "ip" ? `${address.ip}:${address.port}` : "")),
    );
  }
  assert.is(ask({ to: "10.96.39.16:80" }).verdict, "pass");
});

/** A route per cluster; `more` adds to the match of each. */
function table(n: number, more: (i: number) => object): HirModel {
  const plain = route(to("c")).match;
  const routes = many(n, (i) => route(to(`c${i}`), { path: `routes[${i}]`, match: { ...plain, ...more(i) } }));
  return model(
    [listener("web", ["10.0.0.1:80"], [chain("c", http("table"))])],
    many(n, (i) => cluster(`c${i}`, [endpoint("10.1.0.1", i + 1)])),
    [routeConfig("table", routes)],
  );
}

sizes("1,000 routes in one table: each is found, none behind the last", async () => {
  const ask = await asking(table(1000, (i) => ({ path: { kind: "path", value: `/service/${i}` } })));
  for (const i of [0, 1, 2, 499, 500, 997, 998, 999]) {
    assert.is(clusterOf(ask({ to: "10.0.0.1:80", request: { path: `/service/${i}`, authority: "a" } })), `c${i}`);
  }
  const none = ask({ to: "10.0.0.1:80", request: { path: "/service/1000", authority: "a" } });
  assert.equal([none.verdict, none.why, none.status], ["respond", "no_route", 404]);
});

function matches(n: number): readonly HirHeaderMatch[] {
  return many(n, (i) => ({
    name: `x-header-${i}`,
    invert: false,
    missingAsEmpty: false,
    value: { kind: "exact", value: `value-${i}`, ignoreCase: false },
  }));
}

sizes("64 header matches in one route: all of them count", async () => {
  const ask = await asking(table(2, (i) => (i === 0 ? { headers: matches(64) } : {})));
  const headers = many(64, (i) => [`x-header-${i}`, `value-${i}`]);
  const request = (list: readonly (readonly string[])[]) => ({ to: "10.0.0.1:80", request: { authority: "a", headers: list } });
  assert.is(clusterOf(ask(request(headers))), "c0");
  for (const i of [0, 31, 63]) {
    assert.is(clusterOf(ask(request(headers.filter((_, j) => j !== i)))), "c1", `without header ${i}`);
    assert.is(clusterOf(ask(request(headers.map((header, j) => (j === i ? [header[0]!, "other"] : header))))), "c1", `another value ${i}`);
  }
});

sizes("heads of 4 KiB: the last header decides", async () => {
  const ask = await asking(table(2, (i) => (i === 0 ? { headers: matches(1) } : {})));
  const head = (value: string, bytes: number): string => {
    const start = "GET /path HTTP/1.1\r\nHost: a\r\nx-filler: ";
    const end = `\r\nx-header-0: ${value}\r\n\r\n`;
    return start + "f".repeat(bytes - start.length - end.length) + end;
  };
  for (const bytes of [4095, 4096, 4097, 8192]) {
    for (const [value, wanted] of [
      ["value-0", "c0"],
      ["value-1", "c1"],
    ] as const) {
      const text = head(value, bytes);
      assert.is(text.length, bytes);
      assert.is(clusterOf(ask({ to: "10.0.0.1:80", head: text })), wanted, `${bytes} bytes`);
    }
  }
});

sizes.run();
