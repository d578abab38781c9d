/** What a tls_inspector reads from raw first bytes (RFC 8446 4.1.2, RFC 6066 3, RFC 7301 3.1). */
export type ClientHello =
  | { readonly kind: "hello"; readonly sni?: string; readonly alpn: readonly string[] }
  | { readonly kind: "incomplete" }
  /** Anything but a ClientHello: the connection counts as plain. */
  | { readonly kind: "other" };

const incomplete: ClientHello = { kind: "incomplete" };
const other: ClientHello = { kind: "other" };

/** Five bytes are needed to tell; a record that claims TLS must then be complete. */
export function readClientHello(bytes: Uint8Array): ClientHello {
  const message: number[] = [];
  let at = 0;
  for (;;) {
    if (bytes.length < at + 5) return incomplete;
    const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    if (bytes[at] !== 0x16 || bytes[at + 1] !== 0x03 || length === 0 || length > 16384 + 256) return other;
    if (bytes.length < at + 5 + length) return incomplete;
    message.push(...bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
    if (message[0] !== 0x01) return other;
    const wanted = message.length < 4 ? Number.POSITIVE_INFINITY : 4 + ((message[1]! << 16) | (message[2]! << 8) | message[3]!);
    if (message.length >= wanted) return readBody(Uint8Array.from(message.slice(4, wanted)));
  }
}

function readBody(body: Uint8Array): ClientHello {
  const reader = createReader(body);
  reader.skip(2 + 32);
  reader.vector(1);
  reader.vector(2);
  reader.vector(1);
  const extensions = reader.left() === 0 ? new Uint8Array() : reader.vector(2);
  let sni: string | undefined;
  const alpn: string[] = [];
  const list = createReader(extensions);
  while (list.ok() && list.left() > 0) {
    const type = list.number(2);
    const content = createReader(list.vector(2));
    if (type === 0) {
      const names = createReader(content.vector(2));
      if (names.number(1) === 0) sni = text(names.vector(2));
    } else if (type === 16) {
      const names = createReader(content.vector(2));
      while (names.ok() && names.left() > 0) alpn.push(text(names.vector(1)));
    }
  }
  if (!reader.ok() || !list.ok()) return other;
  return sni === undefined ? { kind: "hello", alpn } : { kind: "hello", sni, alpn };
}

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

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
