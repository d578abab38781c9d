import type { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { createChannels } from "./channels.ts";
import { parseHosts, parseSearch, searched, watchedFile } from "./machine-files.ts";
import type { Ask, Outcome } from "./types.ts";

export interface MachineOptions {
  /** `ip` or `ip:port` of name servers, in place of those of resolv.conf. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  readonly resolvConf?: string;
}

/** What says that a name has no address of a family, rather than that nobody could be asked. */
const absent = new Set(["ENODATA", "ENOTFOUND"]);

/**
 * Asks as programs of this machine do, and as Envoy's c-ares does: /etc/hosts first, then the name servers, with the search domains of
 * /etc/resolv.conf, whose servers they are. Both files are read again when they change.
 */
export function machineAsk({ servers, hostsFile = "/etc/hosts", resolvConf = "/etc/resolv.conf" }: MachineOptions = {}): Ask {
  const hosts = watchedFile(hostsFile, parseHosts);
  const search = watchedFile(resolvConf, parseSearch);
  const channels = createChannels(servers);

  return async (hostname, family, lookup) => {
    const local = localAddresses(hostname, hosts().value).filter((address) => isIP(address) === family);
    if (local.length > 0) return { kind: "answer", records: local.map((address) => ({ address, ttlMs: 0 })) };
    const { value, version } = search();
    let none: Outcome = { kind: "answer", records: [] };
    for (const name of lookup.asIs ? [hostname] : searched(hostname, value)) {
      const outcome = await askServers(channels.of(lookup, version), name, family);
      if (outcome.kind === "answer" && outcome.records.length > 0) return outcome;
      // A server that is broken for one domain may know the next.
      if (outcome.kind === "failure") none = outcome;
      if (outcome.kind === "failure" && outcome.code !== "ESERVFAIL") break;
    }
    return none;
  };
}

/** Of the hosts file; `localhost` and names below it never leave the machine (RFC 6761). */
function localAddresses(hostname: string, hosts: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  return hosts.get(name) ?? (/(^|\.)localhost$/.test(name) ? ["127.0.0.1", "::1"] : []);
}

async function askServers(resolver: Resolver, name: string, family: 4 | 6): Promise<Outcome & { readonly code?: string }> {
  try {
    const records = family === 4 ? await resolver.resolve4(name, { ttl: true }) : await resolver.resolve6(name, { ttl: true });
    return { kind: "answer", records: records.map(({ address, ttl }) => ({ address, ttlMs: ttl * 1000 })) };
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return absent.has(code) ? { kind: "answer", records: [] } : { kind: "failure", message, code };
  }
}
