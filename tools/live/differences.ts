import type { View } from "./expected.ts";

/** A cluster of /debug/config_dump/bpf/kernel-native. */
export interface DumpedCluster {
  readonly name: string;
  readonly loadAssignment: {
    readonly endpoints: readonly {
      readonly lbEndpoints: readonly { readonly address?: { readonly ip: string; readonly port: number } }[];
    }[];
  };
}

/** The clusters of services, without subsets. */
export function dumpedView(clusters: readonly DumpedCluster[]): View {
  const view = new Map<string, readonly string[]>();
  for (const { name, loadAssignment } of clusters) {
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

/**
 * A line for each cluster that is not the same in both.
 * @param hosts of all services, with and without addresses of their own: clusters of other hosts of `domain` are left over
 */
export function differences(expected: View, found: View, hosts: ReadonlySet<string>, domain: string): readonly string[] {
  const lines: string[] = [];
  for (const name of [...new Set([...expected.keys(), ...found.keys()])].sort()) {
    const [wanted, there, host] = [expected.get(name), found.get(name), name.slice(name.lastIndexOf("|") + 1)];
    if (!there) lines.push(`${name}: missing`);
    else if (wanted && wanted.join() !== there.join()) {
      lines.push(`${name}: has ${there.join(", ") || "nothing"}, not ${wanted.join(", ") || "nothing"}`);
    } else if (!hosts.has(host) && host.endsWith(`.svc.${domain}`)) lines.push(`${name}: left over, there is no such service`);
  }
  return lines;
}
