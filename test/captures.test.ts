/**
 * What a real istiod sent: compiles without an error, the same from the responses as from Envoy's dump of the state they end in. One of
 * them is the two minutes of a mesh that changes, in 59 responses.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createAsker } from "../compiler/cli/asker.ts";
import { openSession } from "../compiler/cli/session.ts";
import { codes } from "../compiler/diag/codes/index.ts";
import { parseQuestion } from "../compiler/hir/index.ts";
import { type Compiled, compilePath, differences, dumpOf, listCaptures, rawOf } from "./captured.ts";

interface Expected {
  readonly listeners: number;
  readonly routeConfigs: number;
  readonly clusters: number;
  readonly endpoints: number;
  /** Code -> how many. Each is explained in docs/diagnostics.md. */
  readonly punts: Readonly<Record<string, number>>;
  /** A question, and where its answer leads: `verdict`, then clusters with their share. */
  readonly asked: Readonly<Record<string, readonly string[]>>;
}

const service = (name: string, port: number, subset = ""): string => `outbound|${port}|${subset}|${name}.svc.cluster.local`;
const productpage = service("productpage.bookinfo", 9080);
const [reviews1, reviews3] = ["v1", "v3"].map((version) => service("reviews.bookinfo", 9080, version));

const expected: Readonly<Record<string, Expected>> = {
  "bookinfo-ambient/waypoint": {
    listeners: 1,
    routeConfigs: 0,
    clusters: 8,
    endpoints: 11,
    punts: { KM1320: 1, KM1330: 3, KM1420: 3, KM2120: 1, KM2201: 1, KM2316: 1, KM2420: 6 },
    asked: { "10.244.0.9:15008": ["punt KM2120"] },
  },
  "bookinfo/ingressgateway": {
    listeners: 5,
    routeConfigs: 3,
    clusters: 22,
    endpoints: 29,
    punts: { KM2120: 1, KM2420: 3 },
    asked: {
      "10.0.0.9:8080 GET bookinfo.example.com /productpage": ["forward", `1 ${productpage}`],
      "10.0.0.9:8080 GET other.example.com /productpage": ["respond no_route"],
      "10.0.0.9:31400": ["forward", `0.8 ${service("ratings.bookinfo", 9080, "v1")}`, `0.2 ${service("details.bookinfo", 9080, "v1")}`],
    },
  },
  "bookinfo/productpage": {
    listeners: 13,
    routeConfigs: 5,
    clusters: 25,
    endpoints: 29,
    punts: { KM2420: 3 },
    asked: {
      "10.96.9.9:9080 GET reviews:9080 /": ["forward", `0.9 ${reviews1} punt KM2420`, `0.1 ${reviews3}`],
      "10.96.0.1:443": ["forward", `1 ${service("kubernetes.default", 443)}`],
      "192.0.2.1:4444": ["pass passthrough", "1 PassthroughCluster"],
    },
  },
  "kmesh-style/kernel-native": {
    listeners: 12,
    routeConfigs: 6,
    clusters: 24,
    endpoints: 30,
    punts: { KM1330: 1, KM1420: 2, KM2420: 4 },
    asked: {
      "10.96.212.218:9901": ["forward", `0.7 ${service("httpbin.sidecars", 9901)}`, `0.3 ${service("ratings.bookinfo", 9080)}`],
    },
  },
  "session-churn/productpage": {
    listeners: 11,
    routeConfigs: 5,
    clusters: 21,
    endpoints: 24,
    punts: { KM1330: 1, KM1420: 2, KM2420: 1 },
    asked: { "10.96.9.9:9080 GET reviews:9080 /": ["forward", `1 ${reviews3}`] },
  },
};

const captures = suite("captures");

captures("each capture has its expectation", () => {
  assert.equal(listCaptures(), Object.keys(expected).sort());
});

for (const capture of listCaptures()) {
  captures(capture, async () => {
    const want = expected[capture]!;
    const [raw, dump] = [compilePath(rawOf(capture)), compilePath(dumpOf(capture))];
    assert.equal(differences(raw, dump), [], "the dump gives the same model, tables, code and names");
    for (const of of [raw, dump]) {
      assert.equal(told(of, "error"), {});
      assert.equal(told(of, "punt"), want.punts);
      for (const { code } of of.diagnostics) assert.ok(Object.hasOwn(codes, code), `${code} is explained`);
    }
    const { listeners, routeConfigs, clusters } = raw.model;
    const endpoints = clusters.flatMap((c) => c.priorities.flat().flatMap((locality) => [...locality.endpoints])).length;
    const counts = { listeners: listeners.length, routeConfigs: routeConfigs.length, clusters: clusters.length, endpoints };
    const { punts: _punts, asked, ...wantCounts } = want;
    assert.equal(counts, wantCounts);
    assert.equal(await answers(capture, Object.keys(asked)), asked);
  });
}

captures("what is no longer asked for is not compiled, and said", () => {
  const { diagnostics } = compilePath(rawOf("session-churn/productpage"));
  const stale = diagnostics.filter(({ code }) => code === "KM2211").map(({ path }) => path);
  assert.equal(stale, ['routes["7000"]']);
});

function told({ diagnostics }: Compiled, severity: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code } of diagnostics.filter((d) => d.severity === severity)) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** By the reference interpreter and the generated C, which must agree. `ADDRESS [METHOD AUTHORITY PATH]`. */
async function answers(capture: string, questions: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
  const asker = await createAsker(openSession(rawOf(capture)), "both");
  const pairs = questions.map((text) => {
    const [to, method, authority, path] = text.split(" ");
    const parsed = parseQuestion({ to, ...(method === undefined ? {} : { request: { method, authority, path } }) });
    if (parsed.kind === "error") throw new Error(parsed.message);
    const answer = asker.ask(parsed.question);
    const shares = (answer.clusters ?? []).map((c) => words(c.probability, c.name, c.verdict, c.why));
    return [text, [words(answer.verdict, answer.why), ...shares]];
  });
  return Object.fromEntries(pairs);
}

function words(...parts: readonly (string | number | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" ");
}

captures.run();
