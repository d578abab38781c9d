/** What a tls_inspector reads from raw first bytes (RFC 8446 4.1.2, RFC 6066 3, RFC 7301 3.1). */
export type ClientHello =
  | { readonly kind: "hello"; readonly sni?: string; readonly alpn: readonly string[] }
  | { readonly kind: "incomplete" }
  /** Anything but a ClientHello: the connection counts as plain. */
  | { readonly kind: "other" };

const incomplete: ClientHello = { kind: "incomplete" };
const other: ClientHello = { kind: "other" };

/** A record's five bytes are needed to tell; one that claims TLS must be complete, and more must come until the message's own four are there. */
export function readClientHello(bytes: Uint8Array): ClientHello {
  const message: number[] = [];
  let at = 0;
  for (;;) {
    if (bytes.length < at + 5) return incomplete;
    const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    if (bytes[at] !== 0x16 || bytes[at + 1] !== 0x03 || length > 16384 + 256) return other;
    if (bytes.length < at + 5 + length) return incomplete;
    message.push(...bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
    if (message.length < 4) continue;
    if (message[0] !== 0x01) return other;
    const wanted = 4 + ((message[1]! << 16) | (message[2]! << 8) | message[3]!);
    if (message.length >= wanted) return readBody(Uint8Array.from(message.slice(4, wanted)));
  }
}

/** What BoringSSL finds malformed (duplicate extensions, bytes left over, an odd server name...) counts as plain, as seen on Envoy. */
function readBody(body: Uint8Array): ClientHello {
  const reader = createReader(body);
  reader.skip(2 + 32);
  const session = reader.vector(1);
  const ciphers = reader.vector(2);
  const methods = reader.vector(1);
  const extensions = reader.left() === 0 ? new Uint8Array() : reader.vector(2);
  if (!reader.ok() || reader.left() > 0 || session.length > 32 || methods.length === 0) return other;
  if (ciphers.length === 0 || ciphers.length % 2 === 1) return other;
  let sni: string | undefined;
  const alpn: string[] = [];
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
      const names = createReader(content.vector(2));
      while (names.left() > 0) {
        const name = text(names.vector(1));
        if (!names.ok()) break;
        alpn.push(name);
      }
    }
  }
  return sni === undefined ? { kind: "hello", alpn } : { kind: "hello", sni, alpn };
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
    skip: (count: number) => void take(count),
    number,
    vector: (lengthBytes: number) => take(number(lengthBytes)),
  };
}
