import type { AttachPoint } from "../kernel/types.ts";

/** Names in the pin folder. A BPF file system allows no dot in a name. */
export const pinNames = {
  link: (point: AttachPoint): string => `link_${point}`,
  /** The manifest of a generation, as JSON. */
  manifest: (generation: number): string => `manifest_${generation}`,
  /** Names of ids, as JSON, by the SHA-256 of the text. */
  names: (sha256: string): string => `names_${sha256.slice(0, 16)}`,
} as const;

/** Where programs can be attached, in the order in which they are: nothing is rewritten before its companions are there. */
export const attachOrder: readonly AttachPoint[] = ["sock_release", "getpeername4", "getpeername6", "connect4", "connect6"];

/** Is it one of ours? Others in the folder are left alone. */
export function isOurPin(name: string): boolean {
  return /^(?:km_[a-z0-9_]+|link_[a-z0-9_]+|manifest_\d+|names_[0-9a-f]{16})$/.test(name);
}

/** Maps are pinned under their own names. */
export function isMapPin(name: string): boolean {
  return name.startsWith("km_");
}

export function isTextPin(name: string): boolean {
  return name.startsWith("manifest_") || name.startsWith("names_");
}
