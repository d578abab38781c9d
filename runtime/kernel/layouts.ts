/**
 * Structs of libbpf and the kernel's BPF interface that cross the border as bytes: the one place with their offsets
 * (libbpf 1.x bpf.h, include/uapi/linux/bpf.h; little-endian, 64-bit pointers). A shorter `sz` than the library knows is allowed by
 * design, so that these are right for every later version as well.
 */
import type { LinkInfo, MapInfo, ProgramInfo } from "./types.ts";

/** enum bpf_map_type. */
export const mapType = { array: 2, progArray: 3, perCpuArray: 6, arrayOfMaps: 12, ringBuffer: 27 } as const;

/** Flags of BPF_MAP_CREATE. */
export const mapFlags = { mmapable: 0x400, innerMap: 0x1000 } as const;

/** enum bpf_attach_type. */
export const attachType = { connect4: 10, connect6: 11, getpeername4: 29, getpeername6: 30, sock_release: 34 } as const;

export interface MapCreateOptions {
  readonly flags: number;
  /** BTF object and type ids; zeros for a map without BTF. */
  readonly btfFd: number;
  readonly btfKeyType: number;
  readonly btfValueType: number;
}

/** struct bpf_map_create_opts. */
export function encodeMapCreateOptions(options: MapCreateOptions): Buffer {
  const bytes = Buffer.alloc(48);
  bytes.writeBigUInt64LE(BigInt(bytes.length), 0);
  bytes.writeUInt32LE(options.btfFd, 8);
  bytes.writeUInt32LE(options.btfKeyType, 12);
  bytes.writeUInt32LE(options.btfValueType, 16);
  bytes.writeUInt32LE(options.flags, 28);
  return bytes;
}

export interface TestRunOptions {
  /** Address and length of the packet, or of the context. */
  readonly packet: { readonly address: bigint; readonly length: number } | undefined;
  readonly context: { readonly address: bigint; readonly length: number } | undefined;
  readonly repeat: number;
}

/** struct bpf_test_run_opts. */
export function encodeTestRunOptions(options: TestRunOptions): Buffer {
  const bytes = Buffer.alloc(80);
  bytes.writeBigUInt64LE(BigInt(bytes.length), 0);
  if (options.packet) {
    bytes.writeBigUInt64LE(options.packet.address, 8);
    bytes.writeUInt32LE(options.packet.length, 24);
  }
  if (options.context) {
    bytes.writeBigUInt64LE(options.context.address, 32);
    bytes.writeUInt32LE(options.context.length, 48);
  }
  bytes.writeUInt32LE(options.repeat, 60);
  return bytes;
}

/** Result fields of struct bpf_test_run_opts: what the program returned, and nanoseconds a run (average of the repeats). */
export function decodeTestRunResult(bytes: Buffer): { readonly result: number; readonly nanoseconds: number } {
  return { result: bytes.readUInt32LE(56), nanoseconds: bytes.readUInt32LE(64) };
}

export const MAP_INFO_SIZE = 88;

/** struct bpf_map_info. */
export function decodeMapInfo(bytes: Buffer): Omit<MapInfo, "bytes"> {
  return {
    type: bytes.readUInt32LE(0),
    id: bytes.readUInt32LE(4),
    keySize: bytes.readUInt32LE(8),
    valueSize: bytes.readUInt32LE(12),
    maxEntries: bytes.readUInt32LE(16),
    flags: bytes.readUInt32LE(20),
    name: text(bytes, 24),
  };
}

export const PROGRAM_INFO_SIZE = 208;

/** struct bpf_prog_info. */
export function decodeProgramInfo(bytes: Buffer): ProgramInfo {
  return {
    id: bytes.readUInt32LE(4),
    jitedBytes: bytes.readUInt32LE(16),
    name: text(bytes, 64),
    runTime: bytes.readBigUInt64LE(192),
    runCount: bytes.readBigUInt64LE(200),
  };
}

export const LINK_INFO_SIZE = 32;

/** struct bpf_link_info of a cgroup link. */
export function decodeLinkInfo(bytes: Buffer): LinkInfo {
  return { id: bytes.readUInt32LE(4), programId: bytes.readUInt32LE(8), cgroupId: bytes.readBigUInt64LE(16) };
}

/** BTF_KIND_DATASEC: where each variable of a data section lies. `type` is a struct btf_type followed by its struct btf_var_secinfo. */
export function decodeDataSection(
  type: Buffer,
): readonly { readonly variableType: number; readonly offset: number; readonly size: number }[] {
  const length = type.readUInt32LE(4) & 0xffff;
  return Array.from({ length }, (_, i) => {
    const at = BTF_TYPE_SIZE + i * BTF_VAR_SIZE;
    return { variableType: type.readUInt32LE(at), offset: type.readUInt32LE(at + 4), size: type.readUInt32LE(at + 8) };
  });
}

export const BTF_KIND_DATASEC = 15;
/** struct btf_type without what follows it. */
export const BTF_TYPE_SIZE = 12;
/** struct btf_var_secinfo. */
export const BTF_VAR_SIZE = 12;

function text(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString("latin1", at, Math.min(end < 0 ? at + 16 : end, at + 16));
}

/** Bytes of a BPF instruction: opcode, registers, 16-bit offset, 32-bit immediate. */
export const INSTRUCTION_SIZE = 8;

/** BPF_ALU64 | BPF_MOV | BPF_K: a constant into a register. */
const MOV64_IMMEDIATE = 0xb7;

/** Puts other numbers where instructions move a mark into a register, in place. Gives the marks that were there. */
export function replaceImmediates(instructions: Buffer, immediates: ReadonlyMap<number, number>): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = 0; at < instructions.length; at += INSTRUCTION_SIZE) {
    if (instructions[at] !== MOV64_IMMEDIATE) continue;
    const mark = instructions.readInt32LE(at + 4);
    const value = immediates.get(mark);
    if (value === undefined) continue;
    instructions.writeInt32LE(value, at + 4);
    found.add(mark);
  }
  return found;
}
