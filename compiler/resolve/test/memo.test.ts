import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Cluster, ClusterLoadAssignment, LbEndpoint } from "../../decode/gen/types.ts";
import type { XdsKind, XdsMessage, XdsResource, XdsSnapshot } from "../../decode/index.ts";
import { Collector } from "../../diag/index.ts";
import { namesThatDiffer } from "../differ.ts";
import { createResolveMemo, resolveSnapshot } from "../index.ts";

const memo = suite("resolve memo");

function resource(kind: XdsKind, name: string, message: object): XdsResource {
  return { kind, name, path: `${kind}s["${name}"]`, message: message as XdsMessage };
}

function eds(name: string): XdsResource {
  return resource("cluster", name, { name, type: "EDS", eds_cluster_config: { eds_config: { ads: {} } } } satisfies Cluster);
}

function endpoints(name: string, ...addresses: readonly string[]): XdsResource {
  const list = addresses.map((address): LbEndpoint => ({ endpoint: { address: { socket_address: { address, port_value: 80 } } } }));
  return resource("endpoint", name, { cluster_name: name, endpoints: [{ lb_endpoints: list }] } satisfies ClusterLoadAssignment);
}

function snapshot(clusters: readonly XdsResource[], all: readonly XdsResource[]): XdsSnapshot {
  return { listeners: [], routes: [], clusters, endpoints: all };
}

memo("what stays is the same object; what its endpoints change is another, and so is only it", () => {
  const kept = createResolveMemo();
  const [a, b] = [eds("a"), eds("b")];
  const run = (...all: readonly XdsResource[]) =>
    resolveSnapshot(snapshot([a, b], all), new Collector(), { memo: kept, inOrder: true }).clusters;
  const first = run(endpoints("a", "10.0.0.1"), endpoints("b", "10.0.0.2"));
  const [one] = first;
  const second = run(endpoints("a", "10.0.0.1"), endpoints("b", "10.0.0.3"));
  assert.is.not(second[0], one, "other messages, even with equal content");
  const third = run(endpoints("a", "10.0.0.1"));
  assert.equal(third[1]!.priorities, []);
});

memo("endpoints with something to say say it in each pass, as long as a cluster asks for them", () => {
  const kept = createResolveMemo();
  const [a, b, twice] = [eds("a"), eds("b"), endpoints("a", "10.0.0.1", "10.0.0.1")];
  const said = (clusters: readonly XdsResource[]): readonly string[] => {
    const sink = new Collector();
    resolveSnapshot(snapshot(clusters, [twice]), sink, { memo: kept, inOrder: true });
    return sink.list().map(({ code }) => code);
  };
  assert.equal(said([a]), ["KM2410"]);
  assert.equal(said([a]), ["KM2410"]);
  assert.equal(said([a, b]), ["KM2405", "KM2410"]);
  assert.equal(said([b]), ["KM2405"]);
  assert.equal(said([a]), ["KM2410"]);
});

memo("what another memo, or one of another strictness, noted of a resource is nothing to it", () => {
  const filters = [{ name: "x", typed_config: { any: "example.Filter" } }];
  const punted = resource("cluster", "a", { name: "a", type: "STATIC", filters } satisfies Cluster);
  const [left, right] = [createResolveMemo(), createResolveMemo()];
  const run = (kept: typeof left, strict: boolean) => {
    const sink = new Collector();
    const { clusters } = resolveSnapshot(snapshot([punted], []), sink, { memo: kept, inOrder: true, strict });
    return [clusters[0], sink.list().map(({ severity }) => severity)];
  };
  const [cluster, said] = run(left, false);
  assert.is(run(left, false)[0], cluster);
  assert.is.not(run(right, false)[0], cluster);
  assert.equal(run(left, true), [undefined, ["error"]]);
  assert.equal([run(left, false)[1], said], [["punt"], ["punt"]]);
});

memo("who says the same says it below its own path, each time", () => {
  const kept = createResolveMemo();
  const clusters = ["a", "b"].map((name) => eds(name));
  const run = (...all: readonly XdsResource[]): readonly string[] => {
    const sink = new Collector({ everyNote: true });
    resolveSnapshot(snapshot(clusters, all), sink, { memo: kept, inOrder: false });
    return sink.list().map(({ code, path }) => `${code} ${path}`);
  };
  const both = ['KM2405 clusters["a"]', 'KM2405 clusters["b"]'];
  assert.equal(run(), both);
  assert.equal(run(), both);
  assert.equal(run(endpoints("a", "10.0.0.1")), both.slice(1));
});

memo("names that differ between two sorted lists", () => {
  const [a, b, c] = [{ name: "a" }, { name: "b" }, { name: "c" }];
  assert.equal([...namesThatDiffer([a, b], [a, b])], []);
  assert.equal([...namesThatDiffer([a, c], [a, b, c])], ["b"]);
  assert.equal([...namesThatDiffer([a, b, c], [{ name: "b" }])], ["a", "b", "c"]);
});

memo.run();
