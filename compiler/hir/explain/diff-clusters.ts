import { compareText, counted } from "../../diag/index.ts";
import { balance } from "../balance.ts";
import { endpointText } from "../endpoint-text.ts";
import type { HirCluster, HirEndpointAddress } from "../index.ts";
import { type Change, change, compareFacts, type Facts, numbered, plainFacts } from "./changes.ts";
import { fractionText, percent, quote } from "./words.ts";

/** `eds, 2 endpoints`. */
export function describeCluster(cluster: HirCluster): string {
  const count = cluster.priorities.flat().reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  return `${cluster.discovery}, ${counted(count, "endpoint")}`;
}

/** Of two clusters of one path: options, endpoints, and what they do to the shares of traffic. */
export function diffCluster(a: HirCluster, b: HirCluster): Change[] {
  const facts = (c: HirCluster): Facts => ({
    discovery: c.discovery,
    lb_policy: c.lb,
    proxy: c.punt ?? "",
    overprovisioning_factor: String(c.overprovisioning),
    healthy_panic_threshold: `${c.panicThreshold}%`,
    drop_overloads: c.drop ? fractionText(c.drop) : "",
    ...plainFacts(c, ["name", "path", "discovery", "lb", "priorities", "overprovisioning", "panicThreshold", "drop", "punt"]),
    traffic: describeShares(c),
  });
  const [before, after] = [endpointsOf(a), endpointsOf(b)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  const endpoints = names.flatMap((name): Change[] => {
    const [x, y] = [before.get(name), after.get(name)];
    if (x === y) return [];
    if (x === undefined) return [change("added", "endpoint", b.path, `${name} (${y})`)];
    if (y === undefined) return [change("removed", "endpoint", b.path, `${name} (${x})`)];
    return [change("changed", "endpoint", b.path, `${name}: ${x} -> ${y}`)];
  });
  return [...endpoints, ...compareFacts(b.path, "cluster", facts(a), facts(b))];
}

/** Up to here each endpoint is told with its share. */
const maxTold = 4;

function describeShares(cluster: HirCluster): string {
  if (cluster.discovery === "original_dst") return "to where it was going";
  const { shares, noEndpointWeight, totalWeight } = balance(cluster);
  const lost = totalWeight === 0 ? 1 : noEndpointWeight / totalWeight;
  const none = lost > 0 ? [`${percent(lost)} to no endpoint`] : [];
  if (shares.length === 0) return "to no endpoint";
  const parts = shares.map((s) => s.probability).sort((x, y) => x - y);
  const [least, most] = [percent(parts[0]!), percent(parts.at(-1)!)];
  if (shares.length > maxTold)
    return [`${least === most ? least : `${least} to ${most}`} to each of ${shares.length} endpoints`, ...none].join(", ");
  // The order of endpoints decides nothing.
  const told = shares.map((s) => [placeText(s.endpoint.address), percent(s.probability)] as const).sort(([x], [y]) => compareText(x, y));
  return [...told.map(([endpoint, share]) => `${share} to ${endpoint}`), ...none].join(", ");
}

function placeText(address: HirEndpointAddress): string {
  return address.kind === "dead" ? `${endpointText(address)}, where no connection gets` : endpointText(address);
}

/** Endpoint -> its facts in words. The same address in two places keeps both, numbered whatever their order. */
function endpointsOf(cluster: HirCluster): Map<string, string> {
  const all: { readonly name: string; readonly facts: string }[] = [];
  for (const [priority, localities] of cluster.priorities.entries()) {
    for (const locality of localities) {
      for (const endpoint of locality.endpoints) {
        const place = locality.name === "" ? "" : `, in ${quote(locality.name)}`;
        // Elsewhere the weight of a locality decides nothing.
        const weighs = cluster.localityWeighted && locality.weight !== undefined;
        const weight = weighs ? ` of weight ${locality.weight}` : "";
        const host = endpoint.hostname === undefined ? "" : `, host name ${quote(endpoint.hostname)}`;
        const facts = `${endpoint.health}, weight ${endpoint.weight}, priority ${priority}${place}${weight}${host}`;
        all.push({ name: placeText(endpoint.address), facts });
      }
    }
  }
  return numbered(all.sort((x, y) => compareText(x.facts, y.facts)));
}
