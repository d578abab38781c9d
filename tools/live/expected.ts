/** The clusters that a daemon should have by what Kubernetes objects say, in istiod's words. */
import { type Locality, nearest, nodeLocalities, policyOf, policyOfPort, type RankedEndpoint, rankingOf } from "./nearest.ts";
import { type EndpointSlice, hostOf, type KubernetesObject, namespaceOf, ofKind } from "./objects.ts";

/** Addresses (`10.0.0.1:80`, sorted) that take connections. */
export interface ExpectedCluster {
  readonly addresses: readonly string[];
  /** Set: there may be only some of them, because istiod ranks them by this. */
  readonly someOf?: string;
}

interface SentEndpoint extends RankedEndpoint {
  readonly address: string;
}

const NOWHERE: Locality = ["", "", ""];

/**
 * The clusters of services with an address of their own (headless services and names of other services have no endpoints to choose from), without
 * subsets: the ready endpoints of their EndpointSlices, and of these the nearest where istiod ranks them. None where a DestinationRule asks for TLS: a cluster
 * that makes it is left to a proxy.
 * @param domain of the cluster: `cluster.local`
 * @param proxy where the daemon says that it is
 */
export function expectedClusters(
  objects: readonly KubernetesObject[],
  domain: string,
  proxy: Locality = NOWHERE,
): ReadonlyMap<string, ExpectedCluster> {
  const [slices, rules, nodes] = [ofKind(objects, "EndpointSlice"), ofKind(objects, "DestinationRule"), nodeLocalities(objects)];
  const expected = new Map<string, ExpectedCluster>();
  for (const service of ofKind(objects, "Service")) {
    const { spec, metadata } = service;
    if (spec?.type === "ExternalName" || !spec?.clusterIP || spec.clusterIP === "None") continue;
    const host = hostOf(service, domain);
    const own = slices.filter(
      (slice) => namespaceOf(slice) === namespaceOf(service) && slice.metadata.labels?.["kubernetes.io/service-name"] === metadata.name,
    );
    for (const { name: portName = "", port, protocol = "TCP" } of spec.ports ?? []) {
      if (protocol !== "TCP") continue;
      const sent = own.flatMap((slice) => sentOf(slice, portName, nodes));
      const ready = sent.filter((endpoint) => endpoint.ready);
      const policy = policyOf(host, rules, domain);
      const ranking = rankingOf(service, port, policy);
      const used = ranking.kind === "failover" ? nearest(ranking.unready ? sent : ready, proxy, ranking.failover) : ready;
      const makesTls = (policyOfPort(policy, port)?.tls?.mode ?? "DISABLE") !== "DISABLE";
      const addresses = makesTls ? [] : [...new Set(used.map(({ address }) => address))].sort();
      expected.set(`outbound|${port}||${host}`, ranking.kind === "unknown" ? { addresses, someOf: ranking.why } : { addresses });
    }
  }
  return expected;
}

/** Host names of all services. */
export function serviceHosts(objects: readonly KubernetesObject[], domain: string): ReadonlySet<string> {
  return new Set(ofKind(objects, "Service").map((service) => hostOf(service, domain)));
}

function sentOf({ ports, endpoints }: EndpointSlice, portName: string, nodes: ReadonlyMap<string, Locality>): readonly SentEndpoint[] {
  const port = ports?.find(({ name = "" }) => name === portName)?.port;
  if (port === undefined) return [];
  const lasting = (endpoints ?? []).filter(({ conditions }) => conditions?.terminating !== true);
  return lasting.flatMap(({ addresses, conditions, nodeName = "" }) => {
    const [locality, ready] = [nodes.get(nodeName) ?? NOWHERE, conditions?.ready !== false];
    return addresses.map((ip) => ({ address: ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`, locality, ready }));
  });
}
