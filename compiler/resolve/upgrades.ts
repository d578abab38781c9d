import { refuse, type Scope } from "./scope.ts";

/** Each type once, compared without case: of a connection manager, or of a route. */
export function checkUpgrades(scope: Scope, upgrades: readonly { readonly upgrade_type?: string }[], path: string): void {
  const types = upgrades.map(({ upgrade_type: type = "" }) => type.toLowerCase());
  const twice = types.findIndex((type, i) => types.indexOf(type) < i);
  if (twice < 0) return;
  const message = `a second upgrade_type ${JSON.stringify(types[twice])}`;
  refuse(scope, "KM2213", `${path}.upgrade_configs[${twice}]`, message, "keep one of them");
}
