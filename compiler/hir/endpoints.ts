import type { HirEndpoint, HirEndpoints } from "./model.ts";

/** What a list of alike endpoints has once. */
export type Alike = Pick<HirEndpoint, "weight" | "health"> & { readonly port: number };

/**
 * IPv4 endpoints that differ in nothing but their address, as those of a workload are: eight bytes each, where an object each with its address
 * and its text took 130. A mesh has 100,000s of them, and all but a few are never looked at one by one.
 */
export class AlikeEndpoints implements HirEndpoints {
  /** IPv4 addresses as numbers, network order, signed: small integers to the engine. */
  readonly ips: readonly number[];
  readonly port: number;
  readonly weight: number;
  readonly health: HirEndpoint["health"];

  constructor(ips: readonly number[], { port, weight, health }: Alike) {
    this.ips = ips;
    this.port = port;
    this.weight = weight;
    this.health = health;
  }

  get length(): number {
    return this.ips.length;
  }

  at(index: number): HirEndpoint | undefined {
    const ip = this.ips.at(index);
    if (ip === undefined) return undefined;
    const text = `${ip >>> 24}.${(ip >> 16) & 255}.${(ip >> 8) & 255}.${ip & 255}`;
    return { address: { kind: "ip", ip: text, port: this.port }, weight: this.weight, health: this.health };
  }

  *[Symbol.iterator](): Iterator<HirEndpoint> {
    for (let i = 0; i < this.ips.length; i++) yield this.at(i)!;
  }

  /** As the array that it stands for. */
  toJSON(): readonly HirEndpoint[] {
    return [...this];
  }
}
