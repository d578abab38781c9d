/** The hash of bucket tables; bpf/lib/km_hash.h is the same function. Unsigned 32-bit throughout. */

export function hashMix(value: number): number {
  let h = value;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

export function hashAdd(h: number, word: number): number {
  return (hashMix((h ^ word) >>> 0) + 0x9e3779b9) >>> 0;
}

/** Of an IPv4 address and a port, both as a program loads them. */
export function hashSocket4(seed: number, ip: number, port: number): number {
  return hashMix((((seed ^ ip) >>> 0) + Math.imul(port, 0x9e3779b1)) >>> 0);
}

/** The second bucket of a key whose first hash is `h`. */
export function hashSecond(h: number): number {
  return hashMix((h ^ 0x5bd1e995) >>> 0);
}

/** A port in network order, as a program loads it. */
export function portWord(port: number): number {
  return ((port & 255) << 8) | (port >> 8);
}
