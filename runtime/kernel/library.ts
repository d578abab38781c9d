/** The C functions in use, bound through koffi. Loading it costs some 15 ms, so it is done once and on demand. */
import koffi from "koffi";
import { KernelError } from "./error.ts";

/** An address in C memory; null is C's NULL. */
export type Pointer = bigint | null;

type Async<A extends unknown[], R> = ((...args: A) => R) & { async(...args: [...A, (error: Error | null, result: R) => void]): void };

export interface Library {
  readonly programLoad: (type: number, name: string, license: string, instructions: Uint8Array, count: number, options: Pointer) => number;
  readonly objectOpen: (elf: Uint8Array, size: number, options: Pointer) => Pointer;
  readonly objectLoad: (object: Pointer) => number;
  readonly objectClose: (object: Pointer) => void;
  readonly objectBtf: (object: Pointer) => Pointer;
  readonly nextMap: (object: Pointer, map: Pointer) => Pointer;
  readonly mapName: (map: Pointer) => string;
  readonly mapFd: (map: Pointer) => number;
  readonly mapReuse: (map: Pointer, fd: number) => number;
  readonly mapType: (map: Pointer) => number;
  readonly mapKeySize: (map: Pointer) => number;
  readonly mapValueSize: (map: Pointer) => number;
  readonly mapMaxEntries: (map: Pointer) => number;
  readonly mapFlags: (map: Pointer) => number;
  readonly mapInitialValue: (map: Pointer, size: Uint8Array) => Pointer;
  readonly nextProgram: (object: Pointer, program: Pointer) => Pointer;
  readonly programName: (program: Pointer) => string;
  readonly programInstructions: (program: Pointer) => Pointer;
  readonly programLength: (program: Pointer) => number | bigint;
  readonly programSetInstructions: (program: Pointer, instructions: Uint8Array, count: number) => number;
  readonly programFd: (program: Pointer) => number;
  readonly programSetLog: (program: Pointer, log: Pointer, size: number) => number;
  readonly programSetLogLevel: (program: Pointer, level: number) => number;
  readonly btfFind: (btf: Pointer, name: string, kind: number) => number;
  readonly btfType: (btf: Pointer, id: number) => Pointer;
  readonly btfText: (btf: Pointer, offset: number) => string;
  readonly btfLoad: (bytes: Uint8Array, size: number, options: Pointer) => number;
  readonly setPrint: (callback: unknown) => Pointer;
  readonly mapCreate: (type: number, name: string, keySize: number, valueSize: number, entries: number, options: Uint8Array) => number;
  readonly mapUpdate: Async<[fd: number, key: Uint8Array | bigint, value: Uint8Array | bigint, flags: number], number>;
  readonly mapDelete: Async<[fd: number, key: Uint8Array | bigint], number>;
  readonly mapLookup: (fd: number, key: Uint8Array, value: Uint8Array) => number;
  readonly programById: (id: number) => number;
  readonly infoByFd: (fd: number, info: Uint8Array, size: Uint8Array) => number;
  readonly linkCreate: (program: number, target: number, type: number, options: Pointer) => number;
  readonly linkUpdate: (link: number, program: number, options: Pointer) => number;
  readonly linkDetach: (link: number) => number;
  readonly pin: (fd: number, path: string) => number;
  readonly get: (path: string) => number;
  readonly testRun: (fd: number, options: Uint8Array) => number;
  readonly enableStats: (type: number) => number;
  readonly possibleCpus: () => number;
  readonly mmap: (address: Pointer, length: number, protection: number, flags: number, fd: number, offset: number) => Pointer;
  readonly pageSize: () => number;
  readonly munmap: (address: bigint, length: number) => number;
  readonly flock: (fd: number, operation: number) => number;
  readonly mount: (source: string, target: string, type: string, flags: number, data: Buffer) => number;
  readonly setSignalMask: (how: number, set: Uint8Array, old: Uint8Array | null) => number;
  readonly setrlimit: (resource: number, limits: Uint8Array) => number;
  readonly setScheduler: (thread: number, policy: number, parameters: Uint8Array) => number;
  readonly mallocTrim: Async<[pad: number], number>;
  readonly syscall: Async<[number: number, a: number, b: number, c: number], number>;
  readonly vsnprintf: (out: Uint8Array, size: number, format: bigint, args: bigint) => number;
}

let bound: Library | undefined;

/** @throws KernelError when libbpf or libc can't be loaded. */
export function library(): Library {
  bound ??= bind();
  return bound;
}

function bind(): Library {
  const c = open("libc.so.6", "the kernel room needs glibc (Debian, Ubuntu, Fedora and their like)");
  const b = open("libbpf.so.1", "apt-get install libbpf1 (or your system's package of libbpf 1.x)");
  // One assertion for the whole table: koffi's functions have no types of their own.
  return {
    programLoad: b.func("int bpf_prog_load(int, const char *, const char *, void *, size_t, void *)"),
    objectOpen: b.func("void *bpf_object__open_mem(void *, size_t, void *)"),
    objectLoad: b.func("int bpf_object__load(void *)"),
    objectClose: b.func("void bpf_object__close(void *)"),
    objectBtf: b.func("void *bpf_object__btf(void *)"),
    nextMap: b.func("void *bpf_object__next_map(void *, void *)"),
    mapName: b.func("const char *bpf_map__name(void *)"),
    mapFd: b.func("int bpf_map__fd(void *)"),
    mapReuse: b.func("int bpf_map__reuse_fd(void *, int)"),
    mapType: b.func("int bpf_map__type(void *)"),
    mapKeySize: b.func("uint32 bpf_map__key_size(void *)"),
    mapValueSize: b.func("uint32 bpf_map__value_size(void *)"),
    mapMaxEntries: b.func("uint32 bpf_map__max_entries(void *)"),
    mapFlags: b.func("uint32 bpf_map__map_flags(void *)"),
    mapInitialValue: b.func("void *bpf_map__initial_value(void *, void *)"),
    nextProgram: b.func("void *bpf_object__next_program(void *, void *)"),
    programName: b.func("const char *bpf_program__name(void *)"),
    programInstructions: b.func("void *bpf_program__insns(void *)"),
    programLength: b.func("size_t bpf_program__insn_cnt(void *)"),
    programSetInstructions: b.func("int bpf_program__set_insns(void *, void *, size_t)"),
    programFd: b.func("int bpf_program__fd(void *)"),
    programSetLog: b.func("int bpf_program__set_log_buf(void *, void *, size_t)"),
    programSetLogLevel: b.func("int bpf_program__set_log_level(void *, uint32)"),
    btfFind: b.func("int btf__find_by_name_kind(void *, const char *, uint32)"),
    btfType: b.func("void *btf__type_by_id(void *, uint32)"),
    btfText: b.func("const char *btf__name_by_offset(void *, uint32)"),
    btfLoad: b.func("int bpf_btf_load(void *, size_t, void *)"),
    setPrint: b.func("void *libbpf_set_print(void *)"),
    mapCreate: b.func("int bpf_map_create(int, const char *, uint32, uint32, uint32, void *)"),
    mapUpdate: b.func("int bpf_map_update_elem(int, void *, void *, uint64)"),
    mapDelete: b.func("int bpf_map_delete_elem(int, void *)"),
    mapLookup: b.func("int bpf_map_lookup_elem(int, void *, void *)"),
    programById: b.func("int bpf_prog_get_fd_by_id(uint32)"),
    infoByFd: b.func("int bpf_obj_get_info_by_fd(int, void *, void *)"),
    linkCreate: b.func("int bpf_link_create(int, int, int, void *)"),
    linkUpdate: b.func("int bpf_link_update(int, int, void *)"),
    linkDetach: b.func("int bpf_link_detach(int)"),
    pin: b.func("int bpf_obj_pin(int, const char *)"),
    get: b.func("int bpf_obj_get(const char *)"),
    testRun: b.func("int bpf_prog_test_run_opts(int, void *)"),
    enableStats: b.func("int bpf_enable_stats(int)"),
    possibleCpus: b.func("int libbpf_num_possible_cpus()"),
    mmap: c.func("void *mmap(void *, size_t, int, int, int, long)"),
    pageSize: c.func("int getpagesize()"),
    munmap: c.func("int munmap(void *, size_t)"),
    flock: c.func("int flock(int, int)"),
    mount: c.func("int mount(const char *, const char *, const char *, unsigned long, void *)"),
    setSignalMask: c.func("int pthread_sigmask(int, void *, void *)"),
    setrlimit: c.func("int setrlimit(int, void *)"),
    setScheduler: c.func("int sched_setscheduler(int, int, void *)"),
    mallocTrim: c.func("int malloc_trim(size_t)"),
    // Declared without its ellipsis: koffi has no asynchronous variadic calls, and the calling convention is the same for integers.
    syscall: c.func("long syscall(long, long, long, long)"),
    vsnprintf: c.func("int vsnprintf(void *, size_t, void *, void *)"),
  } as unknown as Library;
}

function open(name: string, hint: string): ReturnType<typeof koffi.load> {
  try {
    return koffi.load(name);
  } catch (error) {
    throw new KernelError("libbpf", `can't load ${name}: ${error instanceof Error ? error.message : String(error)}`, 0, hint);
  }
}

/** errno of the last synchronous call that reports failure by -1 (libc; libbpf returns -errno itself). */
export function lastErrno(): number {
  return koffi.errno();
}

/** C memory of the given size, zeroed; for what an asynchronous call reads, or what the library keeps a pointer to. Free it. */
export function allocate(size: number): { readonly address: bigint; readonly bytes: Uint8Array; free(): void } {
  const address = koffi.alloc("uint8_t", size) as unknown as bigint;
  const bytes = new Uint8Array(koffi.view(address, size));
  bytes.fill(0);
  return { address, bytes, free: () => koffi.free(address) };
}

/** Memory at an address, without a copy. */
export function memory(address: bigint, length: number): ArrayBuffer {
  return koffi.view(address, length) as ArrayBuffer;
}

/** Registers a callback of C type `int (int, const char *, va_list)`; all architectures in use pass a va_list as an address. */
export function registerPrint(print: (level: number, format: bigint, args: bigint) => number): unknown {
  const type = koffi.proto("int kmesh_libbpf_print(int, void *, void *)");
  return koffi.register(print, koffi.pointer(type));
}
