import type { HirChain, HirHttp, HirListener, HirModel } from "../hir/index.ts";
import { formatIp, parseIp } from "../hir/ip.ts";
import type { LirLeaf } from "../lir/connect.ts";
import { reduceVhost, tableOf } from "./connect-http.ts";
import type { ConnectTargets } from "./connect-target.ts";

/** A service address that a virtual host of a wildcard listener names. */
export interface VipService {
  readonly ip: string;
  readonly port: number;
  readonly leaf: LirLeaf;
}

/**
 * Option `vipSelectsVhost`: a control plane lists a service's address among the domains of its virtual host (Istio does). A connection to
 * that address and port is taken for one to that virtual host, whatever Host its requests will carry, and bytes that are not HTTP are
 * taken along. Not what Envoy does, so it is an option; it spares the head of every request to a service without rules of its own.
 *
 * Only where nothing but that connection manager and pass-through can take the connection, and the virtual host's result needs no request.
 */
export function vipServices(listener: HirListener, model: HirModel, targets: ConnectTargets): readonly VipService[] {
  const http = onlyHttp(listener, targets);
  const table = http && tableOf(http, targets);
  if (!http || !table) return [];
  const found: VipService[] = [];
  for (const { ip: wildcard, port } of listener.addresses) {
    if (wildcard !== "0.0.0.0" && wildcard !== "::") continue;
    for (const vhost of table.vhosts) {
      const ips = vhost.domains.map((domain) => addressOf(domain, port)).filter((ip) => ip?.includes(":") === (wildcard === "::"));
      if (ips.length === 0) continue;
      const leaf = reduceVhost(http, vhost, model, targets);
      if (leaf) for (const ip of ips) found.push({ ip: ip!, port, leaf });
    }
  }
  return found;
}

/** The one connection manager of the listener's chains, if all other chains pass the connection on. */
function onlyHttp(listener: HirListener, targets: ConnectTargets): HirHttp | undefined {
  if (listener.punt !== undefined || listener.useOriginalDst) return undefined;
  const chains: readonly HirChain[] = listener.defaultChain ? [...listener.chains, listener.defaultChain] : listener.chains;
  const managers = chains.filter((c) => c.network.kind === "http");
  const network = managers[0]?.network;
  if (managers.length !== 1 || network?.kind !== "http" || network.http.punt !== undefined) return undefined;
  // Chains for some destinations only would have to be looked at for each.
  if (chains.some((c) => c.match.destinationPort !== undefined || c.match.prefixRanges.length > 0)) return undefined;
  const passes = chains.every(
    (c) => c.network.kind === "http" || (c.network.kind === "tcp" && targets.target(c.network.target)?.kind === "pass"),
  );
  return passes ? network.http : undefined;
}

/** `10.96.0.1`, `10.96.0.1:80` and `[fd00::1]:80` for the listener's port; undefined for names and other ports. */
function addressOf(domain: string, port: number): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::([0-9]+))?$/.exec(domain);
  const text = match ? (match[1] ?? match[2]!) : domain;
  if (match?.[3] !== undefined && Number(match[3]) !== port) return undefined;
  const bytes = parseIp(text);
  return bytes && formatIp(bytes);
}
