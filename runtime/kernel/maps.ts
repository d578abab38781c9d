import { closeSync, readFileSync } from "node:fs";
import { callError, check } from "./error.ts";
import { decodeMapInfo, encodeMapCreateOptions, MAP_INFO_SIZE, mapFlags, mapType } from "./layouts.ts";
import { allocate, lastErrno, library, memory } from "./library.ts";
import type { Fd, MapInfo, Mapping } from "./types.ts";
import { loadValueBtf, valueBtf } from "./value-btf.ts";

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const ENOENT = 2;

export function createInner(name: string, valueSize: number, entries: number): Fd {
  const btf = loadValueBtf(valueSize);
  try {
    return createArray(name, valueSize, entries, { flags: mapFlags.mmapable | mapFlags.innerMap, btf });
  } finally {
    closeSync(btf);
  }
}

export function createBlob(name: string, bytes: Uint8Array): Fd {
  const fd = createArray(name, Math.max(8, Math.ceil(bytes.length / 8) * 8), 1, { flags: mapFlags.mmapable });
  try {
    const mapping = mapValues(fd, bytes.length);
    mapping.bytes.set(bytes);
    mapping.unmap();
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function createArray(name: string, valueSize: number, entries: number, { flags, btf }: { readonly flags: number; readonly btf?: Fd }): Fd {
  const options = encodeMapCreateOptions({
    flags,
    btfFd: btf ?? 0,
    btfKeyType: btf === undefined ? 0 : valueBtf.key,
    btfValueType: btf === undefined ? 0 : valueBtf.value,
  });
  return check("bpf_map_create", name, library().mapCreate(mapType.array, name, 4, valueSize, entries, options));
}

/** In another thread: the call returns after an RCU grace period. */
export function setSlot(pool: Fd, slot: number, inner: Fd): Promise<void> {
  const lib = library();
  const pair = allocate(8);
  new Uint32Array(pair.bytes.buffer).set([slot, inner]);
  return new Promise((resolve, reject) => {
    lib.mapUpdate.async(pool, pair.address, pair.address + 4n, 0, (error, result) => {
      pair.free();
      if (error) reject(error);
      else if (result < 0) reject(callError("bpf_map_update_elem", `pool slot ${slot}`, -result));
      else resolve();
    });
  });
}

export function clearSlot(pool: Fd, slot: number): Promise<void> {
  const lib = library();
  const key = allocate(8);
  new Uint32Array(key.bytes.buffer)[0] = slot;
  return new Promise((resolve, reject) => {
    lib.mapDelete.async(pool, key.address, (error, result) => {
      key.free();
      if (error) reject(error);
      else if (result < 0 && result !== -ENOENT) reject(callError("bpf_map_delete_elem", `pool slot ${slot}`, -result));
      else resolve();
    });
  });
}

export function innerAt(pool: Fd, slot: number): number | undefined {
  return lookupU32(pool, slot);
}

export function setProgram(array: Fd, slot: number, program: Fd | undefined): void {
  const lib = library();
  const result = program === undefined ? lib.mapDelete(array, u32(slot)) : lib.mapUpdate(array, u32(slot), u32(program), 0);
  if (result < 0 && !(program === undefined && result === -ENOENT)) throw callError("bpf_map_update_elem", `program slot ${slot}`, -result);
}

export function programAt(array: Fd, slot: number): number | undefined {
  return lookupU32(array, slot);
}

export function lookup(fd: Fd, index: number, valueSize: number): Uint8Array {
  const value = new Uint8Array(valueSize);
  check("bpf_map_lookup_elem", `record ${index}`, library().mapLookup(fd, u32(index), value));
  return value;
}

export function sumPerCpu(fd: Fd, index: number): readonly bigint[] {
  const lib = library();
  const words = mapInfo(fd).valueSize >> 3;
  const values = new BigUint64Array(words * check("libbpf_num_possible_cpus", "", lib.possibleCpus()));
  check("bpf_map_lookup_elem", "values of each CPU", lib.mapLookup(fd, u32(index), new Uint8Array(values.buffer)));
  const sums = new BigUint64Array(words);
  values.forEach((value, at) => {
    sums[at % words]! += value;
  });
  return [...sums];
}

export function mapValues(fd: Fd, length: number): Mapping {
  const lib = library();
  const address = lib.mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0);
  // MAP_FAILED is -1.
  if (address === null || BigInt.asIntN(64, address) === -1n) throw callError("mmap", `map of ${length} bytes`, lastErrno());
  const bytes = new Uint8Array(memory(address, length));
  const words = new BigUint64Array(bytes.buffer, 0, length >> 3);
  return {
    bytes,
    store: (offset, value) => void Atomics.store(words, offset >> 3, value),
    load: (offset) => Atomics.load(words, offset >> 3),
    unmap: () => void lib.munmap(address, length),
  };
}

export function mapInfo(fd: Fd): MapInfo {
  return { ...decodeMapInfo(infoBytes(fd, MAP_INFO_SIZE)), bytes: memoryOf(fd) };
}

/** bpf_obj_get_info_by_fd: the kernel fills what it knows of the given size. */
export function infoBytes(fd: Fd, size: number): Buffer {
  const info = Buffer.alloc(size);
  check("bpf_obj_get_info_by_fd", `fd ${fd}`, library().infoByFd(fd, info, u32(size)));
  return info;
}

function memoryOf(fd: Fd): number {
  return Number(/^memlock:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1] ?? 0);
}

function lookupU32(fd: Fd, key: number): number | undefined {
  const value = Buffer.alloc(4);
  const result = library().mapLookup(fd, u32(key), value);
  if (result === -ENOENT) return undefined;
  check("bpf_map_lookup_elem", `slot ${key}`, result);
  return value.readUInt32LE();
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
