/** The smallest ClientHello with this server name and these protocols (RFC 8446 4.1.2), in TLS records: what a TLS client would send. */
export function clientHello(sni: string | undefined, alpn: readonly string[]): Uint8Array {
  const extensions: number[] = [];
  // An empty name is no name: TLS has no form for it.
  if (sni) extensions.push(0, 0, ...vector(2, vector(2, [0, ...vector(2, latin1(sni))])));
  if (alpn.length > 0)
    extensions.push(
      0,
      16,
      ...vector(
        2,
        vector(
          2,
          alpn.flatMap((name) => vector(1, latin1(name))),
        ),
      ),
    );
  const random = Array<number>(32).fill(0);
  const body = [3, 3, ...random, ...vector(1, []), ...vector(2, [0x13, 0x01]), ...vector(1, [0]), ...vector(2, extensions)];
  const message = [1, ...vector(3, body)];
  const records: number[] = [];
  const limit = 16384;
  for (let at = 0; at < message.length; at += limit) records.push(0x16, 3, 1, ...vector(2, message.slice(at, at + limit)));
  return Uint8Array.from(records);
}

function vector(lengthBytes: number, content: readonly number[]): readonly number[] {
  const length: number[] = [];
  for (let shift = 8 * (lengthBytes - 1); shift >= 0; shift -= 8) length.push((content.length >> shift) & 255);
  return [...length, ...content];
}

function latin1(text: string): readonly number[] {
  return [...text].map((c) => c.charCodeAt(0) & 255);
}
