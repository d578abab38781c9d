/** A mesh of TCP services with ten endpoints each, all on one local port: every connection is decided at connect(). */
import type { MeshWords } from "../../test/kernel/mesh.ts";
import { PORT } from "./connector.ts";

export const ENDPOINTS = 10;

/** IPv4 address as a number, port. */
export type Target = readonly [address: number, port: number];

/** `shift` moves every endpoint, so that each table of endpoints differs. */
export function benchMesh(services: number, shift = 0): MeshWords {
  const clusters: Record<string, string[]> = {};
  const addresses: Record<string, string> = {};
  for (let i = 0; i < services; i++) {
    const name = `c${String(i).padStart(5, "0")}`;
    clusters[name] = Array.from({ length: ENDPOINTS }, (_, e) => `${text(endpoint(i * ENDPOINTS + e + shift))}:${PORT}`);
    addresses[`${text(vip(i))}:80`] = name;
  }
  return { clusters, services: addresses };
}

/** Addresses of services. */
export function vipTargets(services: number): readonly Target[] {
  return Array.from({ length: services }, (_, i) => [vip(i), 80]);
}

/** Addresses of endpoints: nothing is done to them. */
export function endpointTargets(services: number, port = PORT): readonly Target[] {
  return Array.from({ length: services }, (_, i) => [endpoint(i * ENDPOINTS), port]);
}

/** 127.0.0.1 and on; loopback takes them all. */
export function endpoint(index: number): number {
  return 0x7f00_0001 + (index % 60_000);
}

function vip(index: number): number {
  return 0x0a00_0000 + index * 7;
}

function text(ip: number): string {
  return [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join(".");
}
