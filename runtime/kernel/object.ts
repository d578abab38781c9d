import { constants } from "node:os";
import { callError, errnoName, KernelError } from "./error.ts";
import { unlessInterrupted, withoutSignals } from "./interrupted.ts";
import { BTF_KIND_DATASEC, BTF_TYPE_SIZE, BTF_VAR_SIZE, decodeDataSection, INSTRUCTION_SIZE, replaceImmediates } from "./layouts.ts";
import { allocate, type Library, library, memory, type Pointer } from "./library.ts";
import { mapInfo } from "./maps.ts";
import { captureMessages } from "./messages.ts";
import type { Fd, LoadedObject, LoadedProgram, LoadOptions } from "./types.ts";

/** Bytes of verifier log a program may fill; a refused program's log is cut to its end. */
const LOG_SIZE = 1 << 20;
/** BPF_LOG_STATS: only the `processed N insns` line. */
const LOG_STATS = 4;
/** BPF_LOG_LEVEL1 | BPF_LOG_STATS: every instruction on the way to the refusal. */
const LOG_PATH = 1 | LOG_STATS;
/** Lines of a refused program's log that the message shows. */
const LOG_TAIL = 24;

type Log = ReturnType<typeof allocate>;

/**
 * Opens, fills .rodata, verifies and loads an object.
 *
 * @throws KernelError `verifier` with the end of the verifier's log when a program is refused, `rights` and others by errno. EAGAIN: signals
 * interrupted every attempt
 */
export function loadObject(elf: Uint8Array, options: LoadOptions): LoadedObject {
  try {
    return unlessInterrupted(() => attempt(elf, options, LOG_STATS));
  } catch (error) {
    // The statistics level has no instructions in its log: a second run says where and why.
    if (error instanceof KernelError && error.kind === "verifier") return unlessInterrupted(() => attempt(elf, options, LOG_PATH));
    throw error;
  }
}

function attempt(elf: Uint8Array, options: LoadOptions, logLevel: number): LoadedObject {
  const lib = library();
  const opened = captureMessages(lib, () => lib.objectOpen(elf, elf.length, null));
  const object = opened.value;
  if (object === null) {
    throw new KernelError(
      "call",
      `bpf_object__open_mem: not a BPF object that libbpf can read: ${opened.messages.join("; ") || "no details"}`,
      0,
      "compile the bundle again",
    );
  }
  const logs = new Map<Pointer, Log>();
  try {
    setConstants(lib, object, options.constants);
    setImmediates(lib, object, options.immediates ?? new Map());
    reuseMaps(lib, object, options);
    for (const program of programsOf(lib, object)) {
      const log = allocate(LOG_SIZE);
      logs.set(program, log);
      lib.programSetLog(program, log.address, LOG_SIZE);
      lib.programSetLogLevel(program, logLevel);
    }
    const loaded = captureMessages(lib, () => withoutSignals(() => lib.objectLoad(object)));
    if (loaded.value < 0) throw loadError(lib, logs, loaded.messages, -loaded.value);
    return {
      maps: new Map(mapsOf(lib, object).map((map) => [nameOf(lib, map), lib.mapFd(map)])),
      programs: new Map(
        [...logs].map(([program, log]): [string, LoadedProgram] => [
          lib.programName(program),
          { fd: lib.programFd(program), processed: processedOf(textOf(log)) },
        ]),
      ),
      close: () => lib.objectClose(object),
    };
  } catch (error) {
    lib.objectClose(object);
    throw error;
  } finally {
    for (const log of logs.values()) log.free();
  }
}

/** The `processed N insns` line that the verifier ends with; 0 when there is none. */
export function processedOf(log: string): number {
  return Number(/processed (\d+) insns/.exec(log)?.[1] ?? 0);
}

/** What says nothing of the program: the same load may succeed a moment later. */
const notVerdicts: ReadonlySet<number> = new Set([constants.errno.EAGAIN, constants.errno.EINTR, constants.errno.ENOMEM]);

function loadError(lib: Library, logs: ReadonlyMap<Pointer, Log>, messages: readonly string[], errno: number): KernelError {
  // Programs load in order and the first refused one ends the load: the last log with text is the refused program's.
  const refused = [...logs]
    .map(([program, log]) => ({ program: lib.programName(program), text: textOf(log) }))
    .findLast((l) => l.text !== "");
  if (
    refused &&
    !notVerdicts.has(errno) &&
    messages.some((m) => m.includes(`'${refused.program}'`) && m.includes("BPF program load failed"))
  ) {
    const tail = refused.text.trimEnd().split("\n").slice(-LOG_TAIL).join("\n");
    return new KernelError(
      "verifier",
      `the verifier refused ${refused.program} (${errnoName(errno)}):\n${tail}`,
      errno,
      "this is a bug of the compiler, or a kernel that lacks what the program uses: report it with `uname -r` and the bundle",
    );
  }
  return callError("bpf_object__load", messages.join("; ") || "no details", errno);
}

function mapsOf(lib: Library, object: Pointer): Pointer[] {
  const maps: Pointer[] = [];
  for (let map = lib.nextMap(object, null); map !== null; map = lib.nextMap(object, map)) {
    // Data sections become maps named `<object>.rodata`: they belong to the object alone.
    if (!nameOf(lib, map).includes(".")) maps.push(map);
  }
  return maps;
}

/** A variable in a section of its own, `.data.<name>`, is a map that others share. */
function nameOf(lib: Library, map: Pointer): string {
  return lib.mapName(map).replace(/^\.data\./, "");
}

function programsOf(lib: Library, object: Pointer): Pointer[] {
  const programs: Pointer[] = [];
  for (let program = lib.nextProgram(object, null); program !== null; program = lib.nextProgram(object, program)) programs.push(program);
  return programs;
}

function reuseMaps(lib: Library, object: Pointer, { reuse, offer }: Pick<LoadOptions, "reuse" | "offer">): void {
  for (const map of mapsOf(lib, object)) {
    const name = nameOf(lib, map);
    const offered = offer?.get(name);
    const fd = reuse.get(name) ?? (offered !== undefined && isAsDeclared(lib, map, offered) ? offered : undefined);
    if (fd === undefined) continue;
    const result = lib.mapReuse(map, fd);
    if (result < 0) throw callError("bpf_map__reuse_fd", name, -result);
  }
}

function isAsDeclared(lib: Library, map: Pointer, fd: Fd): boolean {
  const { type, keySize, valueSize, maxEntries, flags } = mapInfo(fd);
  return (
    type === lib.mapType(map) &&
    keySize === lib.mapKeySize(map) &&
    valueSize === lib.mapValueSize(map) &&
    maxEntries === lib.mapMaxEntries(map) &&
    flags === lib.mapFlags(map)
  );
}

function setConstants(lib: Library, object: Pointer, constants: Readonly<Record<string, number>>): void {
  const names = Object.keys(constants);
  if (names.length === 0) return;
  const places = constantPlaces(lib, object);
  for (const name of names) {
    const place = places.get(name);
    if (!place) throw new KernelError("call", `the object has no 32-bit constant ${name}`, 0, "compile the bundle again");
    place.data.setUint32(place.offset, constants[name]!, true);
  }
}

function setImmediates(lib: Library, object: Pointer, immediates: ReadonlyMap<number, number>): void {
  const missing = new Set(immediates.keys());
  for (const program of programsOf(lib, object)) {
    const count = Number(lib.programLength(program));
    const instructions = Buffer.from(memory(lib.programInstructions(program)!, count * INSTRUCTION_SIZE).slice(0));
    const found = replaceImmediates(instructions, immediates);
    if (found.size === 0) continue;
    for (const mark of found) missing.delete(mark);
    const result = lib.programSetInstructions(program, instructions, count);
    if (result < 0) throw callError("bpf_program__set_insns", lib.programName(program), -result);
  }
  for (const mark of missing)
    throw new KernelError("call", `no instruction has the mark 0x${mark.toString(16)}`, 0, "compile the bundle again");
}

interface Place {
  readonly data: DataView;
  readonly offset: number;
}

/** Where the 32-bit variables of .rodata and its sub-sections lie in the maps' initial values: BTF knows. */
function constantPlaces(lib: Library, object: Pointer): Map<string, Place> {
  const btf = lib.objectBtf(object);
  const places = new Map<string, Place>();
  for (let map = lib.nextMap(object, null); map !== null; map = lib.nextMap(object, map)) {
    // `<object>.rodata`, or `.rodata.<name>` as it stands.
    const at = lib.mapName(map).indexOf(".rodata");
    const id = at < 0 || btf === null ? -1 : lib.btfFind(btf, lib.mapName(map).slice(at), BTF_KIND_DATASEC);
    const size = Buffer.alloc(8);
    const value = id < 0 ? null : lib.mapInitialValue(map, size);
    if (value === null) continue;
    const data = new DataView(memory(value, Number(size.readBigUInt64LE())));
    const section = lib.btfType(btf, id)!;
    const length = Buffer.from(memory(section, BTF_TYPE_SIZE)).readUInt32LE(4) & 0xffff;
    for (const variable of decodeDataSection(Buffer.from(memory(section, BTF_TYPE_SIZE + length * BTF_VAR_SIZE)))) {
      if (variable.size !== 4) continue;
      const type = Buffer.from(memory(lib.btfType(btf, variable.variableType)!, BTF_TYPE_SIZE));
      places.set(lib.btfText(btf, type.readUInt32LE(0)), { data, offset: variable.offset });
    }
  }
  return places;
}

function textOf(log: Log): string {
  const end = log.bytes.indexOf(0);
  return Buffer.from(log.bytes.buffer, log.bytes.byteOffset, end < 0 ? log.bytes.length : end).toString("utf8");
}
