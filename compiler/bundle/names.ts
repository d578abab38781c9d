import { perObject } from "../memo/index.ts";
import type { BundleNames } from "./format.ts";

const listText = perObject((list: readonly unknown[]): string => JSON.stringify(list));

/** Of names that were made from a text. */
const texts = new WeakMap<BundleNames, string>();

/** names.json. A list that is in the next bundle too is printed once. */
export function namesText(names: BundleNames): string {
  const known = texts.get(names);
  if (known !== undefined) return known;
  const lists = Object.entries(names).map(([key, list]: [string, readonly unknown[]]) => `${JSON.stringify(key)}:${listText(list)}`);
  return `{${lists.join(",")}}\n`;
}

/** The names of a text that namesText gave, read when the first is asked for: a large mesh has many, and few ask. */
export function namesOfText(text: string): BundleNames {
  let read: BundleNames | undefined;
  const names = (): BundleNames => {
    read ??= JSON.parse(text) as BundleNames;
    return read;
  };
  const list = <K extends keyof BundleNames>(key: K) => ({ enumerable: true, get: () => names()[key] });
  const lazy = Object.defineProperties(
    {},
    {
      listeners: list("listeners"),
      chains: list("chains"),
      routeConfigs: list("routeConfigs"),
      vhosts: list("vhosts"),
      routes: list("routes"),
      clusters: list("clusters"),
      entries: list("entries"),
      reasons: list("reasons"),
    },
  ) as BundleNames;
  texts.set(lazy, text);
  return lazy;
}
