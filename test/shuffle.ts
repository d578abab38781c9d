/** Changes the order of what has none: resources, fields of messages. */

/** Numbers in [0, 1), the same on every run for one seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Random = () => number;

export function shuffled<T>(list: readonly T[], next: Random): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Lists of a config_dump or response whose elements are resources (or hold one); order inside a resource has meaning. */
const resourceLists = new Set([
  "configs",
  "resources",
  "static_listeners",
  "dynamic_listeners",
  "static_clusters",
  "dynamic_active_clusters",
  "dynamic_route_configs",
  "static_endpoint_configs",
  "dynamic_endpoint_configs",
]);

/** A snapshot in JSON: the same resources and fields in another order. */
export function shuffleJson(text: string, next: Random): string {
  return JSON.stringify(shuffleValue(JSON.parse(text), next, 0));
}

/** A config_dump holds resources three levels down. */
const deepestList = 4;

function shuffleValue(value: unknown, next: Random, depth: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleValue(item, next, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = shuffled(Object.entries(value), next).map(([key, inner]) => {
    const moved = Array.isArray(inner) && resourceLists.has(key) && depth < deepestList ? shuffled(inner, next) : inner;
    return [key, shuffleValue(moved, next, depth + 1)];
  });
  return Object.fromEntries(entries);
}

/** A DiscoveryResponse as protobuf with its fields, and so its resources, in another order. */
export function shuffleResponse(bytes: Uint8Array, next: Random): Uint8Array {
  const fields: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = fieldEnd(bytes, at);
    fields.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(shuffled(fields, next));
}

/** All fields of a response are length-delimited. */
function fieldEnd(bytes: Uint8Array, start: number): number {
  let [at, length] = [start + 1, 0];
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return at + length;
  }
}
