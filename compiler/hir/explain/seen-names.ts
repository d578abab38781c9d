import type { HirModel } from "../index.ts";

/** Whose names upstreams see, in a header: elsewhere another name is no change. */
export interface SeenNames {
  readonly chains: boolean;
  readonly routes: boolean;
}

export function seenNames(a: HirModel, b: HirModel): SeenNames {
  const tables = [a, b].map(({ routeConfigs }) => JSON.stringify(routeConfigs));
  const hasOperator = (name: string): boolean => tables.some((text) => text.includes(`%${name}`));
  return { chains: hasOperator("FILTER_CHAIN_NAME"), routes: hasOperator("ROUTE_NAME") };
}
