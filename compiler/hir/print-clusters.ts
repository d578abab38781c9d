import { balance, type HirShare } from "./balance.ts";
import type { HirCluster, HirEndpoint, HirLocality, HirLookup } from "./model.ts";
import { addressText, fractionText, nameBeside, type Printer, pathBelow, quoted } from "./print-text.ts";

export function printCluster(out: Printer, cluster: HirCluster): void {
  out.node(pathBelow(cluster.path, ""), () => {
    out.maybe(nameBeside(cluster.path, cluster.name));
    out.line(`type ${cluster.discovery.toUpperCase()}`);
    out.field("lb_policy", cluster.lb.toUpperCase(), "ROUND_ROBIN");
    if (cluster.punt !== undefined) out.line(`punt ${cluster.punt}`);
    out.field("shut_for_high", cluster.shutForHigh ?? false, false);
    out.field("overprovisioning_factor", cluster.overprovisioning, 140);
    out.field("healthy_panic_threshold", cluster.panicThreshold, 50);
    out.field("fail_traffic_on_panic", cluster.failTrafficOnPanic, false);
    out.field("weighted_priority_health", cluster.weightedPriorityHealth, false);
    out.field("locality_weighted_lb_config", cluster.localityWeighted, false);
    if (cluster.drop) out.line(`drop_overloads ${fractionText(cluster.drop)}`);
    if (cluster.lookup) printLookup(out, cluster.lookup);
    if (cluster.originalDstHeader !== undefined) out.line(`http_header_name ${quoted(cluster.originalDstHeader)}`);
    printEndpoints(out, cluster);
  });
}

function printLookup(out: Printer, { servers, fallback = false, asIs = false }: HirLookup): void {
  if (servers) out.line(`resolvers ${servers.join(" ")}`);
  out.field("use_resolvers_as_fallback", fallback, false);
  out.field("no_default_search_domain", asIs, false);
}

function printEndpoints(out: Printer, cluster: HirCluster): void {
  if (cluster.discovery === "original_dst") return;
  const { outcome, shares, totalWeight, noEndpointWeight } = balance(cluster);
  if (outcome === "no_endpoint") out.line("no endpoint");
  else if (noEndpointWeight > 0) out.line(`no endpoint probability ${ratioText(noEndpointWeight, totalWeight)}`);
  let next = 0;
  for (const [priority, localities] of cluster.priorities.entries()) {
    out.node(`priority ${priority}`, () => {
      for (const [locality, node] of localities.entries()) {
        out.node(localityText(node), () => {
          for (const [index, endpoint] of [...node.endpoints].entries()) {
            const share = shares[next];
            const picked = share !== undefined && isAt(share, priority, locality, index);
            if (picked) next++;
            out.line(`${endpointText(endpoint)} probability ${picked ? ratioText(share.weight, totalWeight) : "0"}`);
          }
        });
      }
    });
  }
}

function isAt(share: HirShare, priority: number, locality: number, index: number): boolean {
  return share.priority === priority && share.locality === locality && share.index === index;
}

function localityText({ name, weight }: HirLocality): string {
  return `locality ${quoted(name)}${weight === undefined ? "" : ` weight ${weight}`}`;
}

function endpointText({ address, weight, health, hostname }: HirEndpoint): string {
  const parts = [
    `endpoint ${addressText(address)}`,
    ...(hostname === undefined ? [] : [`hostname ${quoted(hostname)}`]),
    ...(health === "healthy" ? [] : [health.toUpperCase()]),
    ...(weight === 1 ? [] : [`weight ${weight}`]),
  ];
  return parts.join(" ");
}

/** In lowest terms. */
function ratioText(part: number, total: number): string {
  const divisor = gcd(part, total);
  return total === divisor ? String(part / divisor) : `${part / divisor}/${total / divisor}`;
}

function gcd(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}
