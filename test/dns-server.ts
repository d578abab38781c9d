/** A name server of a test: one UDP socket, one question a message, A and AAAA (RFC 1035, RFC 3596). */
import { createSocket } from "node:dgram";
import { isIPv4 } from "node:net";
import { parseIp } from "../compiler/hir/ip.ts";

export interface DnsServer {
  readonly ip: string;
  readonly port: number;
  close(): void;
}

/** An answer's addresses (of the family that was asked for), a failure, or silence. */
export type DnsReply = { readonly addresses: readonly string[]; readonly ttl: number } | "no such name" | "server failure" | "silence";

/** Names come in lower case, without the last dot. */
export type DnsKnowledge = (name: string, family: 4 | 6) => DnsReply;

/** Listens on a free port of `ip`. */
export async function startDnsServer(knowledge: DnsKnowledge, ip = "127.0.0.1"): Promise<DnsServer> {
  const socket = createSocket("udp4");
  socket.on("message", (query, peer) => {
    const end = 12 + questionLength(query);
    const type = query.readUInt16BE(end - 4);
    const reply = type === 1 || type === 28 ? knowledge(readName(query), type === 1 ? 4 : 6) : { addresses: [], ttl: 0 };
    if (reply === "silence") return;
    const records = typeof reply === "string" ? [] : reply.addresses.map((address) => recordOf(address, reply.ttl));
    const code = reply === "server failure" ? 2 : reply === "no such name" ? 3 : 0;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8580 | code, 2);
    header.writeUInt16BE(records.length, 6);
    header.fill(0, 8, 12);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...records]), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, ip, resolve));
  return { ip, port: socket.address().port, close: () => socket.close() };
}

/** The name is a pointer to the question's. */
function recordOf(address: string, ttl: number): Buffer {
  const bytes = Buffer.from(parseIp(address)!);
  const head = Buffer.from([0xc0, 12, 0, isIPv4(address) ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
  head.writeUInt32BE(ttl, 6);
  return Buffer.concat([head, bytes]);
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
