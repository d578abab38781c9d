import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { XdsMessage, XdsResource, XdsSnapshot } from "../../decode/index.ts";
import { Collector } from "../../diag/index.ts";
import { AlikeEndpoints, printHir } from "../../hir/index.ts";
import { resolveSnapshot } from "../index.ts";
import { address, endpoint, hcm, listener, resolve, table, tcpProxy, toC } from "./build.ts";

const test = suite("snapshot");

const resource = (kind: XdsResource["kind"], name: string, message: object, path = `${kind}s[${JSON.stringify(name)}]`): XdsResource => ({
  kind,
  name,
  path,
  message: { name, ...message } as unknown as XdsMessage,
});

const snapshot: XdsSnapshot = {
  listeners: [
    resource("listener", "b", listener([hcm({ rds: { route_config_name: "r", config_source: { ads: {} } } })])),
    resource("listener", "a", listener([hcm({ route_config: table([toC]) })], { address: address("10.0.0.1", 81) })),
    resource("listener", "c", listener([tcpProxy()], { address: address("10.0.0.1", 81) })),
  ],
  routes: [resource("route", "s", table([toC])), resource("route", "r", table([toC]))],
  clusters: [
    resource("cluster", "d", { type: "STRICT_DNS" }),
    resource("cluster", "c", { type: "EDS", eds_cluster_config: { eds_config: { ads: {} } } }),
    resource("cluster", "bad", { type: "EDS" }),
  ],
  endpoints: [
    resource("endpoint", "c", { endpoints: [{ lb_endpoints: [endpoint("10.0.0.2"), endpoint("10.0.0.3")] }] }),
    resource("endpoint", "unused", {}),
  ],
};

function run(input: XdsSnapshot) {
  const sink = new Collector();
  const model = resolveSnapshot(input, sink);
  return { model, text: printHir(model), diagnostics: sink.list() };
}

test("the order of resources changes nothing", () => {
  const turned: XdsSnapshot = {
    listeners: snapshot.listeners.toReversed(),
    routes: snapshot.routes.toReversed(),
    clusters: snapshot.clusters.toReversed(),
    endpoints: snapshot.endpoints.toReversed(),
  };
  assert.equal(run(turned), run(snapshot));
  assert.equal(
    run(snapshot).model.listeners.map((l) => l.name),
    ["a", "b"],
  );
});

test("the model is plain data that survives JSON", () => {
  const { model } = run(snapshot);
  assert.equal(JSON.parse(JSON.stringify(model)), inFull(model));
});

/** With arrays in the place of lists that make their items when asked. */
function inFull(value: unknown): unknown {
  if (value instanceof AlikeEndpoints) return [...value];
  if (Array.isArray(value)) return value.map(inFull);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inFull(each)]));
}

test("nothing in, nothing out", () => {
  const { model, diagnostics } = resolve({});
  assert.equal([model, diagnostics], [{ listeners: [], routeConfigs: [], clusters: [] }, []]);
});

test("of two resources of one name the first by path counts", () => {
  const twins = [resource("cluster", "c", { lb_policy: "RANDOM" }, 'clusters["c"]#2'), resource("cluster", "c", {}, 'clusters["c"]')];
  const { model, diagnostics } = run({ listeners: [], routes: [], clusters: twins, endpoints: [] });
  assert.equal(
    model.clusters.map((c) => c.lb),
    ["round_robin"],
  );
  assert.equal(
    diagnostics.map((d) => [d.code, d.path]),
    [["KM2001", 'clusters["c"]#2']],
  );
});

test("hostile names stay on their line", () => {
  const name = '*/ "x"\n\u001b[31m\u202e\u0000 \\'.padEnd(300, "y");
  const given = resolve({
    listeners: {
      [name]: {
        ...listener([]),
        filter_chains: [{ name, filters: [hcm({ rds: { route_config_name: name, config_source: { ads: {} } } })] }],
        default_filter_chain: { name, filters: [tcpProxy(name)] },
      },
    },
    routes: { [name]: { virtual_hosts: [{ name, domains: [name], routes: [{ ...toC, name }] }] } },
    clusters: { [name]: {} },
  });
  assert.equal(given.codes("error"), []);
  const text = printHir(given.model);
  assert.not.match(text, /[^\n -~]/);
  assert.is(text.split("\n").filter((line) => line.includes("yyy")).length, 10);
});

test.run();
