import { type NoMessage, readFirstMessage } from "./tls-records.ts";

/** What a tls_inspector reads from raw first bytes (RFC 8446 4.1.2, RFC 6066 3, RFC 7301 3.1). */
export type ClientHello = { readonly kind: "hello"; readonly sni?: string; readonly alpn: readonly string[] } | NoMessage;

const other: NoMessage = { kind: "other" };
const closed: NoMessage = { kind: "closed" };

/** What is not decided by so many bytes is not waited for. */
export const mostTlsBytes = 16384;

const clientHelloType = 0x01;

export function readClientHello(bytes: Uint8Array): ClientHello {
  const found = readHello(bytes.subarray(0, mostTlsBytes));
  return found.kind === "incomplete" && bytes.length >= mostTlsBytes ? closed : found;
}

function readHello(bytes: Uint8Array): ClientHello {
  if (bytes.length >= 5 && bytes[0]! >= 0x80 && bytes[2] === clientHelloType && bytes[3] === 0x03) return readOldHello(bytes);
  const first = readFirstMessage(bytes);
  if (first.kind !== "message") return first;
  return first.type === clientHelloType ? readBody(first.body) : other;
}

/** The ClientHello in the form of SSL 2.0 (RFC 5246 E.2): of its ciphers, three bytes each, those of TLS begin with 0. */
function readOldHello(bytes: Uint8Array): ClientHello {
  const reader = createReader(bytes);
  const length = reader.number(2) & 0x7fff;
  if (length < 3 || length > 4096) return other;
  if (reader.left() < length) return { kind: "incomplete" };
  const content = createReader(bytes.subarray(2, 2 + length));
  content.skip(1);
  const version = content.number(2);
  const lengths = [content.number(2), content.number(2), content.number(2)];
  const [ciphers] = lengths.map((count) => content.take(count));
  if (!content.ok() || content.left() > 0 || ciphers!.length % 3 > 0) return other;
  if (!ciphers!.some((byte, i) => i % 3 === 0 && byte === 0)) return other;
  return isVersion(version) ? { kind: "hello", alpn: [] } : closed;
}

/** TLS 1.0 to 1.3, said in the old place. */
function isVersion(version: number): boolean {
  return version >= 0x0301 && version <= 0x0304;
}

/** What BoringSSL finds malformed (duplicate extensions, bytes left over, an odd server name...) counts as plain, as seen on Envoy. */
function readBody(body: Uint8Array): ClientHello {
  const reader = createReader(body);
  const version = reader.number(2);
  reader.skip(32);
  const session = reader.vector(1);
  const ciphers = reader.vector(2);
  const methods = reader.vector(1);
  const extensions = reader.left() === 0 ? new Uint8Array() : reader.vector(2);
  if (!reader.ok() || reader.left() > 0 || session.length > 32 || methods.length === 0) return other;
  if (ciphers.length === 0 || ciphers.length % 2 === 1) return other;
  let sni: string | undefined;
  let alpn: readonly string[] = [];
  const seen = new Set<number>();
  const list = createReader(extensions);
  while (list.left() > 0) {
    const type = list.number(2);
    const content = createReader(list.vector(2));
    if (!list.ok() || seen.has(type)) return other;
    seen.add(type);
    if (type === 0) {
      sni = readServerName(content);
      if (sni === undefined) return other;
    } else if (type === 16) {
      alpn = readProtocols(content);
    } else if (type === 0xfe0d && !isEncryptedHello(content)) return other;
  }
  if (!isVersion(version)) return closed;
  return sni === undefined ? { kind: "hello", alpn } : { kind: "hello", sni, alpn };
}

/** Protocols count all or none. */
function readProtocols(content: Reader): readonly string[] {
  const names = createReader(content.vector(2));
  const protocols: string[] = [];
  while (names.left() > 0) protocols.push(text(names.vector(1)));
  return content.ok() && content.left() === 0 && names.ok() && areProtocols(protocols) ? protocols : [];
}

/** Whether the inspector takes them: one without a name spoils them all. */
export function areProtocols(protocols: readonly string[]): boolean {
  return protocols.every((name) => name !== "");
}

/** RFC 9849 5: an outer one is well formed; what it hides is not read. */
function isEncryptedHello(content: Reader): boolean {
  const isOuter = content.number(1) === 0;
  if (!content.ok() || !isOuter) return content.ok();
  content.skip(2 + 2 + 1);
  content.vector(2);
  content.vector(2);
  return content.ok() && content.left() === 0;
}

/** One host name of 1 to 255 bytes without NUL. */
function readServerName(content: Reader): string | undefined {
  const names = createReader(content.vector(2));
  const type = names.number(1);
  const name = text(names.vector(2));
  if (!content.ok() || content.left() > 0 || !names.ok() || names.left() > 0) return undefined;
  return type === 0 && isServerName(name) ? name : undefined;
}

/** What BoringSSL takes for a host name; a ClientHello with another one counts as malformed. */
export function isServerName(name: string): boolean {
  return name !== "" && name.length <= 255 && !name.includes("\0");
}

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

type Reader = ReturnType<typeof createReader>;

/** Reads past the end give nothing and clear `ok`. */
function createReader(bytes: Uint8Array) {
  let at = 0;
  let ok = true;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) {
      ok = false;
      return new Uint8Array();
    }
    at += count;
    return bytes.subarray(at - count, at);
  };
  const number = (count: number) => take(count).reduce((value, byte) => value * 256 + byte, 0);
  return {
    ok: () => ok,
    left: () => bytes.length - at,
    take,
    skip: (count: number) => void take(count),
    number,
    vector: (lengthBytes: number) => take(number(lengthBytes)),
  };
}
