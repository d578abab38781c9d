import { balance, type HirCluster } from "../hir/index.ts";
import { formatIp } from "../hir/ip.ts";
import { cellParts, reasons, viewOf } from "../layout/index.ts";
import type { Engine, EngineParts, Picked } from "./engine.ts";
import { Cell, Endpoint } from "./types.ts";

type PickParts = Pick<EngineParts, "header" | "images">;

/** Shares in the tables are rounded to 2^-32 each. */
const tolerance = 2 ** -31;

/**
 * A cluster's picks against the rules: at both ends of every interval of draws the C takes the interval's endpoint, and the intervals are
 * as long as the endpoints' shares. The first difference in words; undefined when they agree, or the cluster has no run.
 */
export function pickDifference(cluster: HirCluster, id: number, engine: Engine, { header, images }: PickParts): string | undefined {
  const { shares } = balance(cluster);
  const { first, count, form } = cellParts(Cell.read(viewOf(images.get("cell")!), id * 2 ** header.cellShift * Cell.size).run);
  if (count === 0) return undefined;
  const endpoints = viewOf(images.get("endpoint")!);
  const got = new Map<string, number>();
  let from = 0;
  for (let i = 0; i < count; i++) {
    // Equal shares are not searched but multiplied.
    const upto =
      form === "weighted" ? Endpoint.read(endpoints, (first + i) * Endpoint.size).upto : Math.ceil(((i + 1) * 2 ** 32) / count) - 1;
    const [begin, end] = [engine.pick(id, from), engine.pick(id, upto)];
    const low = describe(begin);
    if (!isSame(begin, end)) return `cluster ${cluster.name}: draws ${from} and ${upto} of one share give ${low} and ${describe(end)}`;
    got.set(low, (got.get(low) ?? 0) + (upto + 1 - from) / 2 ** 32);
    from = upto + 1;
  }
  const want = new Map<string, number>();
  const put = (key: string, share: number) => want.set(key, (want.get(key) ?? 0) + share);
  for (const { endpoint, probability } of shares) {
    if (endpoint.address.kind === "ip") put(`${endpoint.address.ip} ${endpoint.address.port}`, probability);
  }
  const known = [...want.values()].reduce((sum, share) => sum + share, 0);
  if (known < 1 - tolerance) put("no endpoint", 1 - known);
  for (const key of new Set([...want.keys(), ...got.keys()])) {
    const [a, b] = [want.get(key) ?? 0, got.get(key) ?? 0];
    if (Math.abs(a - b) > tolerance * count) return `cluster ${cluster.name}: ${key} has share ${b} in the tables, ${a} by the rules`;
  }
  return undefined;
}

function isSame(a: Picked, b: Picked): boolean {
  if (a.kind === "none" || b.kind === "none") return a.kind === "none" && b.kind === "none" && a.reason === b.reason;
  return a.port === b.port && a.ip.every((byte, i) => byte === b.ip[i]);
}

function describe(picked: Picked): string {
  if (picked.kind === "none") return picked.reason === reasons.NO_ENDPOINT ? "no endpoint" : "broken";
  const { ip, port } = picked;
  // A loop: of all that is proved these are the most.
  for (let i = 0; i < 12; i++) if (ip[i] !== (i < 10 ? 0 : 0xff)) return `${formatIp(ip)} ${port}`;
  return `${ip[12]}.${ip[13]}.${ip[14]}.${ip[15]} ${port}`;
}
