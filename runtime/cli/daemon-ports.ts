import { parseXdsAddress, type XdsIdentity } from "../xds/index.ts";

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
  const ports = [DNS, ...(nameServers ?? []).flatMap(nameServerPort)];
  if (!identity) return ports;
  const address = parseXdsAddress(identity.address);
  if (address?.kind === "unix") return ports;
  return !address || proxies.some((name) => env[name]) ? undefined : [...ports, address.port];
}

/** None where it is not told: an IPv6 address without brackets has no port. */
function nameServerPort(server: string): readonly number[] {
  const port = /^(?:[^:]+|\[.+\]):(\d+)$/.exec(server)?.[1];
  return port === undefined ? [] : [Number(port)];
}
