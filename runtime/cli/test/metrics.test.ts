/** The daemon's numbers as a scraper reads them. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { metricsText } from "../../admin/index.ts";
import { bucketBounds, newNumbers, took } from "../../follow/index.ts";
import { type MetricSpec, metricSpecs } from "../metrics/declared.ts";
import { daemonMetrics, type MetricsSource } from "../metrics/values.ts";
import { type Family, parseExposition } from "./exposition.ts";

const metrics = suite("metrics");

const kind = { version: "", held: 2, heldBytes: 10, subscribed: 0, awaited: 0, inFlight: 0, responses: 3, updates: 3, acks: 2, nacks: 1 };
const status = { ...kind, ignored: 0, unchanged: 0, lastRejection: [] };
const kernel = {
  generation: 7,
  clusters: 1,
  endpoints: 1,
  tables: [{ name: "cell", records: 5, limit: 100, running: 40, spare: 80 }],
  bytes: 200,
  counters: { forwarded: 3 },
};

function source(more: Partial<MetricsSource> = {}): MetricsSource {
  const numbers = newNumbers();
  for (const ms of [0.05, 0.1, 3, 20_000]) took(numbers.applied.cell, ms);
  return {
    build: { version: "1", commit: 'hostile"\\\n', node: "v20" },
    ready: true,
    follow: {
      generation: 7,
      behind: false,
      building: false,
      resources: { cluster: 1, endpoint: 1, listener: 1, route: 0 },
      hostnames: { names: 1, failing: 0, unanswered: 0, lookups: 3, failures: 0, oldestMs: 1500 },
      numbers,
      problem: undefined,
    },
    xds: {
      connection: { kind: "connected" },
      since: 0,
      streams: 1,
      controlPlane: "",
      kinds: { cluster: status, endpoint: status, listener: status, route: status },
    },
    kernel: () => kernel,
    lag: { last: () => 1e-7, max: () => 0.2, stop: () => undefined },
    droppedLines: 0,
    ...more,
  };
}

const sampleOf = (families: readonly Family[], name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
  families
    .flatMap(({ samples }) => samples)
    .find((one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value))?.value;

metrics("every declared metric is there, with its labels and no others", () => {
  const families = parseExposition(daemonMetrics(source()));
  assert.equal(families.map(({ name }) => name).sort(), Object.keys(metricSpecs).sort());
  for (const { name, type, help, samples } of families) {
    const spec: MetricSpec = metricSpecs[name as keyof typeof metricSpecs];
    assert.equal([type, help], [spec.type, spec.help]);
    assert.ok(samples.length > 0, name);
    for (const { labels } of samples) {
      const { le, ...own } = labels;
      assert.equal(Object.keys(own).sort(), Object.keys(spec.labels ?? {}).sort(), name);
    }
    assert.is(type === "counter", name.endsWith("_total"), `${name}: counters are named _total`);
  }
});

metrics("values, units and buckets", () => {
  const families = parseExposition(daemonMetrics(source()));
  const bucket = (le: string): number | undefined => sampleOf(families, "kmesh_daemon_apply_seconds_bucket", { kind: "cell", le });
  assert.equal(
    ["0.0001", "0.0025", "0.005", "10", "+Inf"].map((le) => bucket(le)),
    [2, 2, 3, 3, 4],
  );
  const buckets = families
    .find(({ name }) => name === "kmesh_daemon_apply_seconds")!
    .samples.filter(({ labels }) => labels["kind"] === "cell");
  assert.is(buckets.length, bucketBounds.length + 3);
  assert.is(sampleOf(families, "kmesh_daemon_apply_seconds_count", { kind: "cell" }), 4);
  assert.is(sampleOf(families, "kmesh_daemon_apply_seconds_sum", { kind: "cell" }), 20.00315);
  assert.is(sampleOf(families, "kmesh_daemon_xds_nacks_total", { kind: "route" }), 1);
  assert.is(sampleOf(families, "kmesh_daemon_table_limit", { table: "cell" }), 100);
  assert.is(sampleOf(families, "kmesh_daemon_table_bytes", { use: "spare" }), 80);
  assert.is(sampleOf(families, "kmesh_connections_total", { reason: "forwarded" }), 3);
});

metrics("without a control plane or a readable kernel the rest is told", () => {
  const unreadable = (): never => {
    throw new Error("EPERM");
  };
  const families = parseExposition(daemonMetrics(source({ xds: undefined, kernel: unreadable })));
  assert.is(sampleOf(families, "kmesh_daemon_kernel_readable"), 0);
  assert.is(sampleOf(families, "kmesh_daemon_xds_connected"), undefined);
  const before = parseExposition(daemonMetrics(source({ kernel: () => undefined })));
  assert.is(sampleOf(before, "kmesh_daemon_kernel_readable"), undefined);
});

metrics("help and labels are escaped, and the reader of this test refuses what is not", () => {
  const text = metricsText([
    { name: "a_total", type: "counter", help: "back\\slash\nnew line", samples: [{ labels: { l: 'q"\\\n' }, value: 1 }] },
    { name: "b", type: "gauge", help: "", samples: [{ value: Number.POSITIVE_INFINITY }, { labels: { l: "" }, value: Number.NaN }] },
  ]);
  assert.is(
    text,
    '# HELP a_total back\\\\slash\\nnew line\n# TYPE a_total counter\na_total{l="q\\"\\\\\\n"} 1\n# HELP b \n# TYPE b gauge\nb +Inf\nb{l=""} NaN\n',
  );
  assert.is(parseExposition(text).length, 2);
  for (const broken of ["a 1\n", "# TYPE a gauge\na 1\n", "# HELP a \n# TYPE a gauge\na 1\na 1\n", "# HELP a \n# TYPE a gauge\na 1"])
    assert.throws(() => parseExposition(broken), undefined, broken);
});

metrics.run();
