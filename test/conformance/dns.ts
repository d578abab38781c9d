/** A name server that knows every name: each gets an IPv4 address of its own from 203.0.113.0/24 and onwards. */
import { startDnsServer } from "../dns-server.ts";
import type { Address } from "./question.ts";

export interface Dns {
  readonly address: Address;
  /** `host:port` for an `ip:port` whose address stands for a name; other text comes back as it is. */
  hostOf(endpoint: string): string;
  close(): void;
}

/** Listens on a free port of 127.0.0.3. Names that begin with `missing.` do not exist. */
export async function startDns(): Promise<Dns> {
  const addresses = new Map<string, string>();
  const names = new Map<string, string>();
  const addressOf = (name: string): string => {
    const known = addresses.get(name);
    if (known !== undefined) return known;
    const index = addresses.size + 1;
    const address = `203.0.${113 + (index >> 8)}.${index & 255}`;
    addresses.set(name, address);
    names.set(address, name);
    return address;
  };
  const server = await startDnsServer((name, family) => {
    if (name.startsWith("missing.")) return "no such name";
    // The root of all names, as the world's own servers have it.
    if (name === "") return { addresses: [], ttl: 60 };
    return { addresses: family === 4 ? [addressOf(name)] : [], ttl: 60 };
  }, "127.0.0.3");
  const hostOf = (endpoint: string) => {
    const colon = endpoint.lastIndexOf(":");
    const name = names.get(endpoint.slice(0, colon));
    return name === undefined ? endpoint : `${name}${endpoint.slice(colon)}`;
  };
  return { address: { ip: server.ip, port: server.port }, hostOf, close: server.close };
}
