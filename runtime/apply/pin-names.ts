import type { AttachPoint } from "../kernel/types.ts";

/** Names in the pin folder: links, and one folder per set. A BPF file system allows no dot in a name. */
export const pinNames = {
  link: (point: string): string => `link_${point}`,
  /** A link that is about to replace another one. */
  nextLink: (point: string): string => `next_${point}`,
  /** A set of maps, by the first digits of its format and a number that tells sets of one format apart. */
  set: (format: string, number: number): string => `set_${format.slice(0, FORMAT_DIGITS)}_${number}`,
  /** In a set: the manifest of a generation, as JSON. */
  manifest: (generation: number): string => `manifest_${generation}`,
  /** In a set: names of ids, as JSON, by the SHA-256 of the text. */
  names: (sha256: string): string => `names_${sha256.slice(0, 16)}`,
  /** In a set: an array that stands in a slot of a pool, by its id. */
  array: (id: number): string => `array_${id}`,
  /** In a set: a program that a link or a program array leads to, by its id. */
  program: (id: number): string => `program_${id}`,
} as const;

export const FORMAT_DIGITS = 12;

/** Where programs can be attached, in the order in which they are: nothing is rewritten before its companions are there. */
export const attachOrder: readonly AttachPoint[] = ["sock_release", "getpeername4", "getpeername6", "connect4", "connect6"];

/** The hook of a link's pin; undefined for other pins. */
export function pointOfLink(name: string): string | undefined {
  return /^link_([a-z0-9_]+)$/.exec(name)?.[1];
}

/** The hook of a link that was to replace another one. */
export function pointOfNextLink(name: string): string | undefined {
  return /^next_([a-z0-9_]+)$/.exec(name)?.[1];
}

/** Format and number of a set's folder. */
export function partsOfSet(name: string): { readonly format: string; readonly number: number } | undefined {
  const match = /^set_([0-9a-f]{12})_(\d{1,9})$/.exec(name);
  return match ? { format: match[1]!, number: Number(match[2]) } : undefined;
}

/** Maps are pinned under their own names. */
export function isMapPin(name: string): boolean {
  return /^km_[a-z0-9_]+$/.test(name);
}

/** Of an array or a program. */
export function isIdPin(name: string): boolean {
  return /^(?:array|program)_\d+$/.test(name);
}

export function isTextPin(name: string): boolean {
  return /^(?:manifest_\d+|names_[0-9a-f]{16})$/.test(name);
}
