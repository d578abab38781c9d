import type { XdsIdentity } from "../xds/index.ts";

const DNS = 53;

/** Where @grpc/grpc-js reads of a proxy that it connects through. */
const proxies = ["grpc_proxy", "https_proxy", "http_proxy"];

/**
 * Ports that the daemon connects to: its control plane's and those of name servers. Undefined where they can't be known, as through a proxy.
 *
 * @param nameServers IP[:PORT] each, [IPV6]:PORT; undefined: the machine's
 */
export function daemonPorts(
  identity: Pick<XdsIdentity, "address"> | undefined,
  nameServers: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly number[] | undefined {
  const ports = [DNS, ...(nameServers ?? []).flatMap((server) => portOf(server) ?? [])];
  if (!identity || identity.address.startsWith("unix:")) return ports;
  const port = portOf(identity.address);
  return port === undefined || proxies.some((name) => env[name]) ? undefined : [...ports, port];
}

/** Undefined where the address has none: an IPv6 address without brackets has no port. */
function portOf(address: string): number | undefined {
  const port = /(?:^|\/)(?:[^:/]+|\[[^\]]+\]):(\d+)$/.exec(address)?.[1];
  return port === undefined ? undefined : Number(port);
}
