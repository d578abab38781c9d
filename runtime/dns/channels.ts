import { Resolver } from "node:dns/promises";
import { dnsLimits } from "./limits.ts";
import type { Lookup } from "./types.ts";

/** c-ares channels: the machine's, and one for each set of name servers that is asked. */
export interface Channels {
  /** `version`: of the file with the machine's name servers; another one is read anew. */
  of(lookup: Lookup, version: string): Resolver;
}

/** `own`: in place of the machine's name servers. `knows`: whether a channel of the machine has any. */
export function createChannels(own: readonly string[] | undefined, knows: (machine: Resolver) => boolean = hasServers): Channels {
  let machine = { resolver: open(own), version: "" };
  /** The least recently used first. */
  const named = new Map<string, Resolver>();

  function machineOf(version: string): Resolver {
    if (machine.version !== version) machine = { resolver: open(own), version };
    return machine.resolver;
  }

  function namedOf(servers: readonly string[]): Resolver {
    const key = setOf({ servers });
    const resolver = named.get(key) ?? open(servers);
    named.delete(key);
    named.set(key, resolver);
    // Lookups under way end on a channel that is let go.
    if (named.size > dnsLimits.serverSets) named.delete(named.keys().next().value!);
    return resolver;
  }

  return {
    of({ servers, fallback }, version) {
      if (!servers) return machineOf(version);
      return fallback && (own || knows(machineOf(version))) ? machineOf(version) : namedOf(servers);
    },
  };
}

/** Of the servers that are asked; empty for the machine's. */
export function setOf({ servers }: Lookup): string {
  return servers?.join() ?? "";
}

/** Why these can't be name servers; undefined: they can. */
export function serversProblem(servers: readonly string[]): string | undefined {
  // Node aborts on port 0, and takes larger ones modulo 65536.
  const outside = servers.find((server) => !(portOf(server) > 0 && portOf(server) < 65_536));
  if (outside !== undefined) return `${outside} has no port from 1 to 65535`;
  try {
    new Resolver().setServers(servers);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** 53 where there is none. */
function portOf(server: string): number {
  const port = /^(?:[^:]*|\[.*\]):(\d+)$/.exec(server)?.[1];
  return port === undefined ? 53 : Number(port);
}

function open(servers: readonly string[] | undefined): Resolver {
  // A server that is silent is given up after 6 seconds.
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (servers) resolver.setServers(servers);
  return resolver;
}

/** c-ares asks 127.0.0.1 where the machine has no name server; that is how Envoy tells, too. */
function hasServers(resolver: Resolver): boolean {
  return resolver.getServers().join() !== "127.0.0.1";
}
