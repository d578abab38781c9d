import { suite } from "uvu";
import * as assert from "uvu/assert";
import { random } from "../../../test/shuffle.ts";
import type { ClusterLoadAssignment, LbEndpoint } from "../../decode/gen/types.ts";
import { AlikeEndpoints, type HirEndpoint } from "../../hir/index.ts";
import { endpoint, resolve } from "./build.ts";

const test = suite("alike endpoints");

const draw = random(7);
const oneOf = <T>(...list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;

/** Most are what most endpoints are; each of the others is otherwise in one thing. */
function randomEndpoint(): LbEndpoint {
  const usual = endpoint(`10.0.${oneOf(0, 1, 2)}.${oneOf(1, 2, 3, 4, 5, 6, 7, 8, 9)}`, 80);
  if (draw() < 0.8) return usual;
  const socket = usual.endpoint!.address!.socket_address!;
  const at = (more: object): LbEndpoint => ({ endpoint: { address: { socket_address: { ...socket, ...more } } } });
  return oneOf<LbEndpoint>(
    { ...usual, load_balancing_weight: 2 },
    { ...usual, health_status: "UNHEALTHY" },
    { ...usual, health_status: "DRAINING" },
    { endpoint: { ...usual.endpoint, hostname: "a.example" } },
    { endpoint: { ...usual.endpoint, additional_addresses: [{ address: { socket_address: { address: "::2", port_value: 80 } } }] } },
    at({ port_value: 81 }),
    at({ port_value: 0 }),
    at({ ipv4_compat: true }),
    at({ resolver_name: "envoy.ip" }),
    at({ resolver_name: "none" }),
    at({ named_port: "http" }),
    at({ address: "224.0.0.1" }),
    at({ address: "255.255.255.255" }),
    at({ address: "::1" }),
    at({ address: "::ffff:10.0.0.1" }),
    at({ address: "fe80::1%eth0" }),
    at({ address: "10.0.0.01" }),
    { endpoint: { address: { pipe: { path: "/s" } } } },
  );
}

const apart = endpoint("2001:db8::1", 80);

/** Of a cluster of one locality; `isApart`: what is first is an IPv6 address, so that none of the list is taken as alike. */
function resolved(type: "EDS" | "STATIC", list: readonly LbEndpoint[], isApart: boolean) {
  const assignment: ClusterLoadAssignment = { cluster_name: "c", endpoints: [{ lb_endpoints: isApart ? [apart, ...list] : list }] };
  const given =
    type === "EDS"
      ? { clusters: { c: { type, eds_cluster_config: { eds_config: { ads: {} } } } }, endpoints: { c: assignment } }
      : { clusters: { c: { type, load_assignment: assignment } } };
  const { model, diagnostics } = resolve(given);
  const endpoints = model.clusters[0]?.priorities[0]?.[0]?.endpoints ?? [];
  const all: readonly HirEndpoint[] = [...endpoints];
  const skipped = isApart ? 1 : 0;
  return {
    endpoints: all.slice(skipped),
    isAlike: endpoints instanceof AlikeEndpoints,
    told: diagnostics.map(({ code, path, message }) => {
      const at = path.replace(/lb_endpoints\[(\d+)\]/, (_, index: string) => `lb_endpoints[${Number(index) - skipped}]`);
      return `${code} ${at} ${message}`;
    }),
  };
}

test("are what they are one by one, with all that is told of them", () => {
  let alike = 0;
  for (let i = 0; i < 1500; i++) {
    // Of notes of one kind the first by the text of its path is told: of places of one digit that is the same one behind another.
    const list = Array.from({ length: oneOf(1, 2, 3, 5, 9) }, randomEndpoint);
    for (const type of ["EDS", "STATIC"] as const) {
      const found = resolved(type, list, false);
      const { endpoints, told } = resolved(type, list, true);
      assert.equal({ endpoints: found.endpoints, told: found.told }, { endpoints, told }, JSON.stringify(list));
      if (found.isAlike) alike++;
    }
  }
  assert.ok(alike > 500 && alike < 2500, `${alike}`);
});

test.run();
