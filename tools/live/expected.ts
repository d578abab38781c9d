/** The clusters that a daemon should have by what Kubernetes objects say, in istiod's words. */
import { type Locality, nearest, nodeLocalities, policyOf, rankingOf } from "./nearest.ts";
import { type EndpointSlice, hostOf, type KubernetesObject, namespaceOf, ofKind } from "./objects.ts";

/** Addresses (`10.0.0.1:80`, sorted) that take connections. */
export interface ExpectedCluster {
  readonly addresses: readonly string[];
  /** Set: there may be only some of them, because istiod ranks them by this. */
  readonly someOf?: string;
}

interface ReadyEndpoint {
  readonly address: string;
  readonly locality: Locality;
}

const NOWHERE: Locality = ["", "", ""];

/**
 * The clusters of services with an address of their own (headless services and names of other services have no endpoints to choose from), without
 * subsets: the ready endpoints of their EndpointSlices, and of these the nearest where istiod ranks them.
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
      const ready = own.flatMap((slice) => readyOf(slice, portName, nodes));
      const ranking = rankingOf(service, port, policyOf(host, rules, domain));
      const taken = ranking.kind === "failover" ? nearest(ready, proxy, ranking.failover) : ready;
      const addresses = [...new Set(taken.map(({ address }) => address))].sort();
      expected.set(`outbound|${port}||${host}`, ranking.kind === "unknown" ? { addresses, someOf: ranking.why } : { addresses });
    }
  }
  return expected;
}

/** Host names of all services. */
export function serviceHosts(objects: readonly KubernetesObject[], domain: string): ReadonlySet<string> {
  return new Set(ofKind(objects, "Service").map((service) => hostOf(service, domain)));
}

function readyOf({ ports, endpoints }: EndpointSlice, portName: string, nodes: ReadonlyMap<string, Locality>): readonly ReadyEndpoint[] {
  const port = ports?.find(({ name = "" }) => name === portName)?.port;
  if (port === undefined) return [];
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true);
  return ready.flatMap(({ addresses, nodeName = "" }) => {
    const locality = nodes.get(nodeName) ?? NOWHERE;
    return addresses.map((ip) => ({ address: ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`, locality }));
  });
}
