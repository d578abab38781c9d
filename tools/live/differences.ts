import { type AcceptedDump, dumpedClusters, listenerShares, type PublishedDump, virtualHostShares } from "./dumps.ts";
import type { ExpectedCluster } from "./expected.ts";
import type { ExpectedRoutes } from "./routes.ts";

/**
 * A line for each cluster that is not as expected.
 * @param hosts of all services, with and without addresses of their own: clusters of other hosts of `domain` are left over
 */
export function clusterDifferences(
  expected: ReadonlyMap<string, ExpectedCluster>,
  published: PublishedDump,
  hosts: ReadonlySet<string>,
  domain: string,
): readonly string[] {
  const found = dumpedClusters(published);
  const lines: string[] = [];
  for (const name of [...new Set([...expected.keys(), ...found.keys()])].sort()) {
    const [wanted, there, host] = [expected.get(name), found.get(name), name.slice(name.lastIndexOf("|") + 1)];
    if (!there) lines.push(`${name}: missing`);
    else if (wanted && !holds(wanted, there)) {
      const some = wanted.someOf ? `some (by ${wanted.someOf}) of ` : "";
      lines.push(`${name}: has ${there.join(", ") || "nothing"}, not ${some}${wanted.addresses.join(", ") || "nothing"}`);
    } else if (!hosts.has(host) && host.endsWith(`.svc.${domain}`)) lines.push(`${name}: left over, there is no such service`);
  }
  return lines;
}

function holds({ addresses, someOf }: ExpectedCluster, there: readonly string[]): boolean {
  if (someOf === undefined || addresses.length === 0) return addresses.join() === there.join();
  return there.length > 0 && there.every((address) => addresses.includes(address));
}

/** A line for each virtual host or listener whose shares are not as expected. */
export function routeDifferences(expected: readonly ExpectedRoutes[], accepted: AcceptedDump, published: PublishedDump): readonly string[] {
  const hosts = accepted.routeConfigs.flatMap(({ virtualHosts = [] }) => virtualHosts);
  return expected.flatMap(({ kind, name, routes }) => {
    const found =
      kind === "http"
        ? hosts.filter((host) => host.name === name).map(virtualHostShares)
        : published.listenerConfigs.filter((listener) => listener.name === name).map((listener) => [listenerShares(listener)]);
    if (found.length === 0) return [`${kind} ${name}: missing`];
    return found.flatMap((there) => {
      const wrong = Array.from({ length: Math.max(there.length, routes.length) }, (_, n) => n).filter((n) => there[n] !== routes[n]);
      return wrong.map((n) => `${kind} ${name}, route ${n}: has ${there[n] ?? "no such route"}, not ${routes[n] ?? "one more route"}`);
    });
  });
}
