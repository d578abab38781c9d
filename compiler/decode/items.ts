import type { XdsValue } from "./types.ts";

/**
 * The items of the lists being read, of inner lists above those of outer ones. A list is made when its length is known: one that grows by
 * push keeps room for sixteen items more, which is most of the memory of a mesh's many short lists.
 */
export interface ItemStack {
  readonly values: XdsValue[];
  /** What is above is left over from earlier lists. */
  top: number;
}

export function newItems(): ItemStack {
  return { values: [], top: 0 };
}

export function pushItem(items: ItemStack, value: XdsValue): void {
  items.values[items.top++] = value;
}

/** The items from `base` on, taken off. */
export function takeItems(items: ItemStack, base: number): XdsValue[] {
  const list = items.values.slice(base, items.top);
  items.top = base;
  return list;
}

/** Adds `list` to the field's items so far. A field without items is not set. */
export function setItems(into: Record<string, XdsValue>, name: string, list: XdsValue[]): void {
  const earlier = into[name] as XdsValue[] | undefined;
  if (earlier !== undefined) for (const item of list) earlier.push(item);
  else if (list.length > 0) into[name] = list;
}
