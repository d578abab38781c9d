/** One random case: a snapshot, and questions about it. */
import type { JsonObject } from "../json-fields.ts";
import type { RowQuestion } from "../question.ts";
import { drawnClusters } from "./cluster-kinds.ts";
import { balancedCluster, fixedClusters, isHashed } from "./clusters.ts";
import { type Dice, rollDice } from "./dice.ts";
import { chainListener, httpListener, listenerType } from "./listeners.ts";
import { connectionQuestion } from "./questions/connections.ts";
import { httpQuestion } from "./questions/requests.ts";
import { spoil } from "./spoil.ts";
import { inlineTables, moveTables } from "./tables.ts";

export interface RandomCase {
  readonly resources: readonly JsonObject[];
  readonly questions: readonly RowQuestion[];
  /** Draws of a question whose answer is not certain. */
  readonly draws: number;
  /** Allowed difference of a share. */
  readonly tolerance: number;
}

/** The same for the same seed. */
export function makeCase(seed: number): RandomCase {
  const dice = rollDice(seed);
  const kind = dice.int(10);
  const made = kind < 6 ? httpCase(dice) : kind < 9 ? chainCase(dice) : balanceCase(dice);
  return dice.chance(0.25) ? { ...made, resources: spoil(dice, made.resources) } : made;
}

function httpCase(dice: Dice): RandomCase {
  const listeners = dice.list(1, 3, (i) =>
    httpListener(dice, `l${i}`, [
      { address: `10.0.0.${i + 1}`, port_value: dice.chance(0.8) ? 80 : 8080 },
      ...(dice.chance(0.2) ? [{ address: `10.0.0.${i + 1}`, port_value: dice.pick([81, 443]) }] : []),
      ...(dice.chance(0.2) ? [{ address: `fd00::${i + 1}`, port_value: 80 }] : []),
    ]),
  );
  const questions = listeners.flatMap((listener) => {
    const own = placesOf(listener);
    return dice.list(25, 40, () => httpQuestion(dice, dice.pick(own), tableOf(listener)));
  });
  return {
    resources: [...moveTables(dice, listeners, 0.2), ...fixedClusters(), ...drawnClusters(dice)],
    questions,
    draws: 40,
    tolerance: 0,
  };
}

interface At {
  readonly socket_address: { readonly address: string; readonly port_value: number };
}

function placesOf(listener: JsonObject): string[] {
  const others = (listener["additional_addresses"] ?? []) as unknown as readonly { readonly address: At }[];
  return [listener["address"] as unknown as At, ...others.map(({ address }) => address)].map(
    ({ socket_address: { address, port_value } }) => (address.includes(":") ? `[${address}]:${port_value}` : `${address}:${port_value}`),
  );
}

function tableOf(listener: JsonObject): JsonObject {
  const [chain] = listener["filter_chains"] as [{ filters: [{ typed_config: { route_config: JsonObject } }] }];
  return chain.filters[0].typed_config.route_config;
}

const addresses: readonly JsonObject[] = [
  { address: "10.0.0.1", port_value: 80 },
  { address: "0.0.0.0", port_value: 80 },
  { address: "::", port_value: 80 },
  { address: "fd00::1", port_value: 80 },
  { address: "10.0.0.1", port_value: 81 },
  { address: "0.0.0.0", port_value: 81 },
  { address: "::", port_value: 81, ipv4_compat: true },
  { address: "10.0.0.2", port_value: 443 },
];
const places = [
  "10.0.0.1:80",
  "10.0.0.1:81",
  "10.0.0.2:80",
  "10.0.0.3:81",
  "10.0.0.2:443",
  "10.0.0.1:443",
  "10.0.0.1:82",
  "[fd00::1]:80",
  "[fd00::2]:80",
  "[fd00::1]:81",
  "10.0.0.1:15001",
  "11.0.0.1:80",
];

function chainCase(dice: Dice): RandomCase {
  const left = [...addresses];
  const take = () => left.splice(dice.int(left.length), 1)[0]!;
  const listeners = dice.list(1, 3, (i) => chainListener(dice, `l${i}`, dice.list(1, 2, take)));
  if (dice.chance(0.4)) {
    const virtual = { address: "0.0.0.0", port_value: 15001 };
    listeners.push(chainListener(dice, "virtual", [virtual], { use_original_dst: true }));
  }
  const tables = inlineTables(listeners);
  const ask = (): RowQuestion => {
    if (tables.length === 0 || dice.chance(0.6)) return connectionQuestion(dice, places);
    const question = httpQuestion(dice, dice.pick(places), dice.pick(tables));
    // The upstream of a TCP proxy would wait for the rest of a head.
    return /\n\r?\n/.test(question.head ?? "") ? question : connectionQuestion(dice, places);
  };
  const questions = dice.list(40, 70, ask);
  return {
    resources: [...moveTables(dice, listeners, 0.3), ...fixedClusters(), ...drawnClusters(dice)],
    questions,
    draws: 40,
    tolerance: 0,
  };
}

const router = { name: "router", typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" } };

function balanceCase(dice: Dice): RandomCase {
  const cluster = balancedCluster(dice);
  const hcm: JsonObject = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "h",
    route_config: {
      name: "r",
      virtual_hosts: [{ name: "v", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "lb" } }] }],
    },
    http_filters: [router],
  };
  const tcp: JsonObject = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    stat_prefix: "t",
    cluster: "lb",
  };
  const overTcp = dice.chance(0.15);
  const listener: JsonObject = {
    "@type": listenerType,
    name: "l",
    address: { socket_address: { address: "10.0.0.1", port_value: 80 } },
    bind_to_port: false,
    filter_chains: [{ filters: [{ name: "f", typed_config: overTcp ? tcp : hcm }] }],
  };
  const question: RowQuestion = { to: "10.0.0.1:80", from: "192.168.1.1:1111", request: { authority: "a.com" } };
  return {
    resources: [listener, ...cluster],
    questions: [question],
    draws: overTcp ? 300 : 1200,
    tolerance: isHashed(cluster[0]!) ? 0.08 : 0,
  };
}
