/** Small meshes to compare, and what `diff` tells of two. */
import { type Change, diffModels } from "../explain/diff.ts";
import type { HirLocality, HirModel, HirRoute } from "../model.ts";
import { cluster, model, route, vhost, web } from "./build.ts";

const lines = (changes: readonly Change[]): readonly string[] => changes.map((c) => `${c.kind} ${c.what} ${c.path}: ${c.message}`);
export const between = (a: HirModel, b: HirModel): readonly string[] => lines(diffModels(a, b));

export const routes = [route({ to: "a" })];
export const site = (more: Parameters<typeof web>[1] = {}, list: readonly HirRoute[] = routes): HirModel => web([vhost(["*"], list)], more);

export const endpoint = (last: number, health: "healthy" | "unhealthy" = "healthy") =>
  ({ address: { kind: "ip", ip: `10.0.0.${last}`, port: 80 }, weight: 1, health }) as const;
export const pool = (endpoints: HirLocality["endpoints"], weight?: number): HirModel =>
  model([], [cluster("a", { priorities: [[{ name: "r/z", endpoints, ...(weight === undefined ? {} : { weight }) }]] })]);
