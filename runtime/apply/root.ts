/** The map that programs read first: the root cell, what the daemon tells all of them, and the headers of generations. */
import { HEADER_SLOTS, offsetOf, recordTypes } from "../../compiler/bundle/format.ts";
import type { Fd, Kernel } from "../kernel/index.ts";
import { decodeHeader, type GenerationHeader } from "../plan/index.ts";
import { type PinSet, withPin } from "./sets.ts";

export const ROOT = "km_root";

export const ROOT_SIZE = recordTypes.Root.size;

const places = offsetOf(recordTypes.Root, "place");
const control = offsetOf(recordTypes.Root, "control");

/** Bytes of the first cache line. */
export const ROOT_HEAD = places;

/** Bytes from the start of the value to a word of Control. */
export const controlAt = {
  daemonCgroup: control + offsetOf(recordTypes.Control, "daemonCgroup"),
  daemonPorts: control + offsetOf(recordTypes.Control, "daemonPorts"),
  logWanted: control + offsetOf(recordTypes.Control, "logWanted"),
  logDropped: control + offsetOf(recordTypes.Control, "logDropped"),
} as const;

/** Bytes from the start of the value to the header of a slot. */
export function headerAt(slot: number): number {
  return places + slot * recordTypes.HeaderPlace.size;
}

/** The root cell: generation and header slot. */
export function rootValue(generation: number, headerSlot: number): bigint {
  return (BigInt(generation) << 32n) | BigInt(headerSlot);
}

/** The root cell and, where it leads to one, the header that it names. */
export interface RootRead {
  readonly published: bigint;
  readonly generation: number;
  readonly slot: number;
  readonly header: GenerationHeader | undefined;
}

/** Of this version's root: `bytes` is its value. */
export function decodeRoot(bytes: Uint8Array): RootRead {
  const published = decodePublished(bytes);
  const generation = decodeGeneration(bytes);
  const slot = Number(published & 0xffff_ffffn);
  const leads = generation !== 0 && slot < HEADER_SLOTS;
  const header = leads ? decodeHeader(bytes.slice(headerAt(slot), headerAt(slot) + recordTypes.Header.size)) : undefined;
  return { published, generation, slot, header };
}

/** The root cell alone: another one means that another generation was published. */
export function decodePublished(root: Uint8Array): bigint {
  return Buffer.from(root.buffer, root.byteOffset, 8).readBigUInt64LE();
}

function decodeGeneration(root: Uint8Array): number {
  return Buffer.from(root.buffer, root.byteOffset, 8).readUInt32LE(4);
}

/** What a set's root begins with is the same in every version; undefined where it has not so many bytes, or there is none. */
export function withRootHead<T>(kernel: Kernel, set: PinSet, bytes: number, action: (fd: Fd, valueSize: number) => T): T | undefined {
  if (!kernel.listPins(set.path).includes(ROOT)) return undefined;
  return withPin(kernel, `${set.path}/${ROOT}`, (fd) => {
    const valueSize = kernel.kindOf(fd) === "map" ? kernel.mapInfo(fd).valueSize : 0;
    return valueSize >= bytes ? action(fd, valueSize) : undefined;
  });
}

/** The generation that its root names; 0 where there is none. */
export function generationOf(kernel: Kernel, set: PinSet): number {
  return withRootHead(kernel, set, 8, (fd, valueSize) => decodeGeneration(kernel.lookup(fd, 0, valueSize))) ?? 0;
}
