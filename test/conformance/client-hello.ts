/**
 * A TLS 1.2/1.3 ClientHello made by hand (RFC 8446 4.1.2), so that any server name and protocol list can be sent, legal or not.
 */

/** The bytes of one TLS record with a ClientHello; `sni` and `alpn` values are latin-1 text. */
export function clientHello(sni: string | undefined, alpn: readonly string[]): Buffer {
  const extensions = [extension(43, vector(1, u16(0x0304), u16(0x0303))), extension(10, vector(2, u16(29)))];
  // An empty name is no name: TLS has no form for it.
  if (sni) {
    const name = Buffer.from(sni, "latin1");
    extensions.push(extension(0, vector(2, Buffer.concat([Buffer.from([0]), vector(2, name)]))));
  }
  if (alpn.length > 0) extensions.push(extension(16, vector(2, ...alpn.map((protocol) => vector(1, Buffer.from(protocol, "latin1"))))));
  const body = Buffer.concat([
    u16(0x0303),
    Buffer.alloc(32, 7),
    vector(1, Buffer.alloc(32, 9)),
    vector(2, u16(0x1301), u16(0xc02f)),
    vector(1, Buffer.from([0])),
    vector(2, ...extensions),
  ]);
  const handshake = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body]);
  return Buffer.concat([Buffer.from([0x16, 3, 1]), vector(2, handshake)]);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([u16(type), vector(2, body)]);
}

/** A length of `width` bytes, then the parts. */
function vector(width: 1 | 2, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([width === 1 ? Buffer.from([body.length]) : u16(body.length), body]);
}
