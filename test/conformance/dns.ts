/**
 * A DNS server that knows every name: each gets an IPv4 address of its own from 203.0.113.0/24 and onwards (RFC 1035; A only).
 */
import { createSocket } from "node:dgram";
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
  const socket = createSocket("udp4");
  socket.on("message", (query, peer) => {
    const end = 12 + questionLength(query);
    const name = readName(query);
    const isA = query.readUInt16BE(end - 4) === 1;
    const header = Buffer.from(query.subarray(0, 12));
    const exists = !name.startsWith("missing.");
    header.writeUInt16BE(exists ? 0x8580 : 0x8583, 2);
    header.writeUInt16BE(isA && exists ? 1 : 0, 6);
    header.fill(0, 8, 12);
    const answer =
      isA && exists ? [Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]), Buffer.from(addressOf(name).split(".").map(Number))] : [];
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answer]), peer.port, peer.address);
  });
  const addressOf = (name: string): string => {
    const known = addresses.get(name);
    if (known !== undefined) return known;
    const index = addresses.size + 1;
    const address = `203.0.${113 + (index >> 8)}.${index & 255}`;
    addresses.set(name, address);
    names.set(address, name);
    return address;
  };
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.3", resolve));
  const hostOf = (endpoint: string) => {
    const colon = endpoint.lastIndexOf(":");
    const name = names.get(endpoint.slice(0, colon));
    return name === undefined ? endpoint : `${name}${endpoint.slice(colon)}`;
  };
  return { address: { ip: "127.0.0.3", port: socket.address().port }, hostOf, close: () => socket.close() };
}

/** Bytes of the first question: name, type, class. */
function questionLength(query: Buffer): number {
  let at = 12;
  while ((query[at] ?? 0) !== 0) at += (query[at] ?? 0) + 1;
  return at + 5 - 12;
}

function readName(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; (query[at] ?? 0) !== 0; at += (query[at] ?? 0) + 1) {
    labels.push(query.toString("latin1", at + 1, at + 1 + (query[at] ?? 0)).toLowerCase());
  }
  return labels.join(".");
}
