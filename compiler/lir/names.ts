import { pathBelow, quoted } from "./text.ts";

/** What an id stands for. */
export interface LirName {
  readonly name: string;
  /** xDS path. */
  readonly path: string;
}

/** Names of the dense ids: the id is the place in the list. */
export interface LirNames {
  readonly listeners: readonly LirName[];
  readonly chains: readonly LirName[];
  readonly routeConfigs: readonly LirName[];
  readonly vhosts: readonly LirName[];
  readonly routes: readonly LirName[];
}

/** The name in quotes; the path where there is no name. */
export function nameText(node: LirName | undefined): string {
  if (!node) return "?";
  return node.name === "" ? pathBelow(node.path, "") : quoted(node.name);
}

/** The path below `parent`, and the name where the path does not end in it. */
export function placeText(node: LirName | undefined, parent = ""): string {
  if (!node) return "?";
  const path = pathBelow(node.path, parent);
  return node.name === "" || node.path.endsWith(`[${JSON.stringify(node.name)}]`) ? path : `${path} ${quoted(node.name)}`;
}
