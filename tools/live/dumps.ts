/** What the daemon's admin server shows, in the form that is compared. */
import { NO_CLUSTER, sharesText } from "./shares.ts";

/** Of /debug/config_dump/bpf/kernel-native: what the kernel holds. */
export interface PublishedDump {
  readonly clusterConfigs: readonly DumpedCluster[];
  readonly listenerConfigs: readonly DumpedListener[];
}

export interface DumpedCluster {
  readonly name: string;
  readonly loadAssignment: {
    readonly endpoints: readonly {
      readonly lbEndpoints: readonly { readonly address?: { readonly ip: string; readonly port: number } }[];
    }[];
  };
}

export interface DumpedListener {
  readonly name: string;
  readonly cluster?: string;
  readonly clusters?: readonly { readonly cluster?: string; readonly share: number }[];
}

/** Of /debug/config_dump/kernel-native: what the daemon accepted. Routes of HTTP are there only. */
export interface AcceptedDump {
  readonly routeConfigs: readonly { readonly virtualHosts?: readonly DumpedVirtualHost[] }[];
}

export interface DumpedVirtualHost {
  readonly name: string;
  readonly routes?: readonly {
    readonly route?: {
      readonly cluster?: string;
      readonly weightedClusters?: { readonly clusters?: readonly { readonly name: string; readonly weight?: number }[] };
    };
  }[];
}

/** The addresses of each cluster of a service, without subsets. */
export function dumpedClusters({ clusterConfigs }: PublishedDump): ReadonlyMap<string, readonly string[]> {
  const view = new Map<string, readonly string[]>();
  for (const { name, loadAssignment } of clusterConfigs) {
    if (!/^outbound\|\d+\|\|/.test(name)) continue;
    const endpoints = loadAssignment.endpoints.flatMap(({ lbEndpoints }) => lbEndpoints);
    const addresses = endpoints.flatMap(({ address }) => {
      if (!address) return [];
      return [address.ip.includes(":") ? `[${address.ip}]:${address.port}` : `${address.ip}:${address.port}`];
    });
    view.set(name, addresses.sort());
  }
  return view;
}

/** The shares of each route of a virtual host. */
export function virtualHostShares({ routes = [] }: DumpedVirtualHost): readonly string[] {
  return routes.map(({ route }) => {
    const weighted = route?.weightedClusters?.clusters?.map(({ name, weight = 0 }) => [name, weight] as const);
    return sharesText(weighted ?? (route?.cluster === undefined ? [] : [[route.cluster, 1]]));
  });
}

/** The shares of a listener that decides at connect(). */
export function listenerShares({ cluster, clusters }: DumpedListener): string {
  if (clusters) return sharesText(clusters.map(({ cluster: name = NO_CLUSTER, share }) => [name, share]));
  return sharesText(cluster === undefined ? [] : [[cluster, 1]]);
}
