/** An open file descriptor of this process: a map, a program, a link or a cgroup. */
export type Fd = number;

/** Where a program may be attached in a cgroup. */
export type AttachPoint = "connect4" | "connect6" | "getpeername4" | "getpeername6" | "sock_release";

export interface MapInfo {
  readonly id: number;
  /** enum bpf_map_type. */
  readonly type: number;
  readonly name: string;
  /** Bytes. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Kernel memory in bytes, as the kernel accounts it (fdinfo). */
  readonly bytes: number;
}

export interface ProgramInfo {
  readonly id: number;
  readonly name: string;
  /** Machine code, bytes. */
  readonly jitedBytes: number;
  /** Only counted while run statistics are on. */
  readonly runCount: bigint;
  /** Nanoseconds of all counted runs. */
  readonly runTime: bigint;
}

export interface LinkInfo {
  readonly id: number;
  readonly programId: number;
  /** Inode number of the cgroup's folder; 0n once the cgroup is gone. */
  readonly cgroupId: bigint;
}

export interface LoadedProgram {
  readonly fd: Fd;
  /** Instructions that the verifier walked, all paths together. */
  readonly processed: number;
}

/** An object's maps and programs, loaded. They live until `close` or, if pinned or attached, beyond it. */
export interface LoadedObject {
  /** By the object's own names, without .rodata, .bss and .data. */
  readonly maps: ReadonlyMap<string, Fd>;
  readonly programs: ReadonlyMap<string, LoadedProgram>;
  close(): void;
}

export interface LoadOptions {
  /** 32-bit variables of .rodata that are set before the load. */
  readonly constants: Readonly<Record<string, number>>;
  /** Mark -> number: what takes the mark's place in instructions that put the mark into a register. Each mark must be there. */
  readonly immediates?: ReadonlyMap<number, number>;
  /** Maps, by the object's names, that are already there and are used instead of new ones. */
  readonly reuse: ReadonlyMap<string, Fd>;
  /** The same, for maps that are used only where type, sizes and flags are what the object declares. */
  readonly offer?: ReadonlyMap<string, Fd>;
}

/** A map's values in this process's memory: what is written here is what programs read. */
export interface Mapping {
  /** Not to be used after `unmap`. */
  readonly bytes: Uint8Array;
  /** One 8-byte atomic store at a byte offset that is a multiple of 8; all earlier writes are seen before it. */
  store(offset: number, value: bigint): void;
  load(offset: number): bigint;
  unmap(): void;
}

/** A ring buffer map that one process reads. */
export interface Ring {
  /** Copies of the records since the last call, oldest first. */
  read(): readonly Uint8Array[];
  close(): void;
}

export interface TestRun {
  /** Times the program runs in this one call. */
  readonly repeat: number;
  /** Packet bytes (tc) or the context (SYSCALL programs). */
  readonly input: Uint8Array;
  readonly inputIs: "packet" | "context";
}

/**
 * Everything the daemon asks of the kernel, and nothing it decides: a fake of it can fail any call. Every method throws KernelError.
 * Asynchronous methods wait for an RCU grace period in another thread (8 ms at HZ=250).
 */
export interface Kernel {
  /** Verifies and loads an ELF object from memory. */
  load(elf: Uint8Array, options: LoadOptions): LoadedObject;
  /** An mmapable array that can be put into the slot of a pool (an array of maps) whose template has values of this size. */
  createInner(name: string, valueSize: number, entries: number): Fd;
  /** A plain map of one value that holds `bytes`. */
  createBlob(name: string, bytes: Uint8Array): Fd;
  /** Resolves when no program run that began before the change is left. */
  setSlot(pool: Fd, slot: number, inner: Fd): Promise<void>;
  clearSlot(pool: Fd, slot: number): Promise<void>;
  /** Id of the map in a slot, or undefined when the slot is empty. */
  innerAt(pool: Fd, slot: number): number | undefined;
  /** Puts a program into a program array, or takes it out. */
  setProgram(array: Fd, slot: number, program: Fd | undefined): void;
  /** Id of the program in a slot. */
  programAt(array: Fd, slot: number): number | undefined;
  /** Maps the values of an mmapable array. */
  map(fd: Fd, length: number): Mapping;
  /** Maps a ring buffer of `size` bytes of records. */
  openRing(fd: Fd, size: number): Ring;
  /** A copy of one value of an array. */
  lookup(fd: Fd, index: number, valueSize: number): Uint8Array;
  /** Each word of one value of a PERCPU_ARRAY, added up over the CPUs. */
  sumPerCpu(fd: Fd, index: number): readonly bigint[];
  /** What a descriptor of a pin is; undefined for anything else. */
  kindOf(fd: Fd): "map" | "program" | "link" | undefined;
  mapInfo(fd: Fd): MapInfo;
  programInfo(fd: Fd): ProgramInfo;
  linkInfo(fd: Fd): LinkInfo;
  /** By id: for CAP_SYS_ADMIN only, so that what is to be found again is pinned by name. */
  openProgram(id: number): Fd;

  openCgroup(path: string): Fd;
  /** As LinkInfo.cgroupId. */
  cgroupId(cgroup: Fd): bigint;
  /** Id of the cgroup that this process is in. */
  ownCgroup(): bigint;
  /** Attaches by a link: it ends with its last descriptor, unless it is pinned. */
  attach(program: Fd, cgroup: Fd, point: AttachPoint): Fd;
  /** Swaps the program of a link; connections meet the old or the new one, never none. */
  updateLink(link: Fd, program: Fd): void;
  /** Ends an attachment now; closing and unpinning a link leave that to a worker of the kernel. */
  detachLink(link: Fd): void;

  /** Makes the folder for pins; `mount` also mounts a BPF file system there when none is. */
  makePinFolder(path: string, mount: boolean): void;
  /** Leaves it where it is not empty. */
  removePinFolder(path: string): void;
  /** Names in the folder, of folders too, sorted; empty if there is no such folder. */
  listPins(path: string): readonly string[];
  /** Makes sure that one process at a time works on the folder, until the descriptor is closed. */
  lock(path: string): Fd;
  pin(fd: Fd, path: string): void;
  unpin(path: string): void;
  /** One step: `to` names the old object or the new one, whoever looks and whenever the process dies. */
  replacePin(from: string, to: string): void;
  openPin(path: string): Fd;

  /** Resolves when every program run that began before the call has ended. */
  gracePeriod(): Promise<void>;
  /** Runs a tc or SYSCALL program; the connect hooks have no test run (errno 524). */
  testRun(program: Fd, run: TestRun): { readonly result: number; readonly nanoseconds: number };
  /** Lets the kernel count run time and runs of programs until the descriptor is closed. */
  enableStats(): Fd;
  close(fd: Fd): void;
}
