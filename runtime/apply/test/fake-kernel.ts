/** A kernel in memory: maps, pools, pins, links and programs as far as apply sees them. */
import { createHash } from "node:crypto";
import { type Cells, cellsIn, flags, POOL_SLOTS, recordTypes, SHAPE_SLOTS, tables } from "../../../compiler/bundle/format.ts";
import { type AttachPoint, type Fd, type Kernel, KernelError, type LoadedProgram, type MapInfo, type Mapping } from "../../kernel/index.ts";
import { mapFlags, mapType } from "../../kernel/layouts.ts";
import { cellAt, isRunTable, runOf, tableId } from "../../plan/index.ts";
import { isIdPin } from "../pin-names.ts";
import { decodeRoot, ROOT, ROOT_SIZE } from "../root.ts";

interface FakeMap {
  readonly kind: "map";
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly bytes: Uint8Array;
  /** Of pools and program arrays. */
  readonly slots: Map<number, FakeMap | FakeProgram>;
}

interface FakeProgram {
  readonly kind: "program";
  readonly id: number;
  readonly name: string;
  readonly shapeSlot: number;
  /** By their own names. */
  readonly maps: ReadonlyMap<string, FakeMap>;
}

interface FakeLink {
  readonly kind: "link";
  readonly id: number;
  readonly point: AttachPoint;
  /** Empty: detached. */
  cgroup: string;
  program: FakeProgram;
}

interface FakeFolder<K extends string> {
  readonly kind: K;
  readonly path: string;
}

type Thing = FakeMap | FakeProgram | FakeLink | FakeFolder<"cgroup"> | FakeFolder<"lock">;

export interface FakeKernel extends Kernel {
  /** Descriptors that are open. */
  open(): number;
  /** Maps, programs and links that something holds: a descriptor, a pin, or another of them. */
  alive(): number;
  /** Everything that programs and other processes see, as text. */
  view(folder: string): string;
  /** Opens the maps of the program that serves. */
  serving(folder: string): ReadonlyMap<string, Fd>;
}

export function fakeKernel(): FakeKernel {
  const fds = new Map<Fd, Thing>();
  const pins = new Map<string, Thing>();
  const folders = new Set<string>();
  let nextFd = 10;
  let nextId = 100;

  const open = (thing: Thing): Fd => {
    fds.set(nextFd, thing);
    return nextFd++;
  };
  const get = <K extends Thing["kind"]>(fd: Fd, kind: K): Extract<Thing, { kind: K }> => {
    const thing = fds.get(fd);
    if (thing?.kind !== kind) throw new Error(`descriptor ${fd} is ${thing?.kind ?? "closed"}, not ${kind}`);
    return thing as Extract<Thing, { kind: K }>;
  };
  const close = (fd: Fd): void => {
    if (!fds.delete(fd)) throw new Error(`descriptor ${fd} is closed twice`);
  };
  const newMap: NewMap = (name, valueSize, maxEntries, type = mapType.array) => ({
    kind: "map",
    id: nextId++,
    name,
    type,
    flags: type === mapType.array ? mapFlags.mmapable : 0,
    valueSize,
    maxEntries,
    bytes: new Uint8Array(valueSize * maxEntries),
    slots: new Map(),
  });
  const mapping = (map: FakeMap): Mapping => {
    const view = new DataView(map.bytes.buffer);
    return {
      bytes: map.bytes,
      store: (offset, value) => view.setBigUint64(offset, value, true),
      load: (offset) => view.getBigUint64(offset, true),
      unmap: () => undefined,
    };
  };

  return {
    open: () => fds.size,
    serving: (folder) =>
      new Map([...(pins.get(`${folder}/link_connect4`) as FakeLink).program.maps].map(([name, map]) => [name, open(map)])),
    alive: () => reachable([...fds.values(), ...pins.values()]).size,
    view: (folder) => viewOf(pins, folder),
    load(_elf, { immediates, reuse, offer }) {
      const used = new Map<string, FakeMap>();
      for (const fresh of objectMaps(newMap)) {
        const given = reuse.get(fresh.name);
        const offered = offer?.get(fresh.name);
        const same = offered !== undefined && get(offered, "map").valueSize === fresh.valueSize;
        used.set(fresh.name, given !== undefined ? get(given, "map") : same ? get(offered, "map") : fresh);
      }
      const maps = new Map([...used].map(([name, map]) => [name, open(map)]));
      const programs = new Map(
        programNames.map((name): [string, LoadedProgram] => {
          const program: FakeProgram = {
            kind: "program",
            id: nextId++,
            name,
            shapeSlot: immediates?.get(flags.KM_SHAPE_MARK) ?? 0,
            maps: used,
          };
          return [name, { fd: open(program), processed: 7 }];
        }),
      );
      const own = [...maps.values(), ...[...programs.values()].map((p) => p.fd)];
      return { maps, programs, close: () => own.forEach(close) };
    },
    createInner: (name, valueSize, entries) => open(newMap(name, valueSize, entries)),
    createBlob(name, bytes) {
      const map = newMap(name, Math.ceil(bytes.length / 8) * 8, 1);
      map.bytes.set(bytes);
      return open(map);
    },
    async setSlot(pool, slot, inner) {
      get(pool, "map").slots.set(slot, get(inner, "map"));
    },
    async clearSlot(pool, slot) {
      get(pool, "map").slots.delete(slot);
    },
    innerAt: (pool, slot) => get(pool, "map").slots.get(slot)?.id,
    setProgram(array, slot, program) {
      if (program === undefined) get(array, "map").slots.delete(slot);
      else get(array, "map").slots.set(slot, get(program, "program"));
    },
    programAt: (array, slot) => get(array, "map").slots.get(slot)?.id,
    map(fd, length) {
      const map = get(fd, "map");
      if (length > map.bytes.length) throw new Error("mapped beyond its end");
      return mapping(map);
    },
    openRing(fd) {
      get(fd, "map");
      return { read: () => [], close: () => undefined };
    },
    lookup: (fd, index, valueSize) => get(fd, "map").bytes.slice(index * valueSize, (index + 1) * valueSize),
    sumPerCpu: () => [],
    kindOf(fd) {
      const { kind } = fds.get(fd)!;
      return kind === "map" || kind === "program" || kind === "link" ? kind : undefined;
    },
    mapInfo(fd): MapInfo {
      const { id, type, name, valueSize, maxEntries, flags, bytes } = get(fd, "map");
      return { id, type, name, keySize: 4, valueSize, maxEntries, flags, bytes: bytes.length };
    },
    programInfo: (fd) => ({ ...get(fd, "program"), jitedBytes: 0, runCount: 0n, runTime: 0n }),
    linkInfo(fd) {
      const { id, program, cgroup } = get(fd, "link");
      return { id, programId: program.id, cgroupId: BigInt(cgroup.length) };
    },
    openProgram(id) {
      for (const thing of reachable([...fds.values(), ...pins.values()]))
        if (thing.kind === "program" && thing.id === id) return open(thing);
      throw new Error(`no program ${id}`);
    },
    openCgroup(path) {
      return open({ kind: "cgroup", path });
    },
    ownCgroup: () => 1n,
    cgroupId: (fd) => BigInt(get(fd, "cgroup").path.length),
    attach(program, cgroup, point) {
      return open({ kind: "link", id: nextId++, point, cgroup: get(cgroup, "cgroup").path, program: get(program, "program") });
    },
    updateLink(link, program) {
      get(link, "link").program = get(program, "program");
    },
    detachLink(link) {
      get(link, "link").cgroup = "";
    },
    makePinFolder: (path) => void folders.add(path),
    removePinFolder(path) {
      if (![...pins.keys(), ...folders].some((other) => other.startsWith(`${path}/`))) folders.delete(path);
    },
    listPins: (path) =>
      [...pins.keys(), ...folders]
        .filter((pin) => pin.startsWith(`${path}/`) && !pin.includes("/", path.length + 1))
        .map((pin) => pin.slice(path.length + 1))
        .sort(),
    lock: (path) => open({ kind: "lock", path }),
    pin(fd, path) {
      if (pins.has(path)) throw new KernelError("call", `pin ${path}: EEXIST`, 17);
      pins.set(path, fds.get(fd)!);
    },
    unpin(path) {
      if (!pins.delete(path)) throw new KernelError("call", `unpin ${path}: ENOENT`, 2);
    },
    replacePin(from, to) {
      const thing = pins.get(from);
      if (!thing) throw new KernelError("call", `rename ${from}: ENOENT`, 2);
      pins.delete(from);
      pins.set(to, thing);
    },
    openPin(path) {
      const thing = pins.get(path);
      if (!thing) throw new KernelError("call", `open ${path}: ENOENT`, 2);
      return open(thing);
    },
    async gracePeriod() {},
    testRun: () => ({ result: 0, nanoseconds: 0 }),
    enableStats: () => open({ kind: "lock", path: "stats" }),
    close,
  };
}

export const programNames = ["km_connect4", "km_connect6", "km_peername4", "km_peername6", "km_release"];

type NewMap = (name: string, valueSize: number, entries: number, type?: number) => FakeMap;

function objectMaps(newMap: NewMap): FakeMap[] {
  return [
    newMap(ROOT, ROOT_SIZE, 1),
    newMap("km_cpu", recordTypes.Cpu.size, 1, mapType.perCpuArray),
    newMap("km_prog4", 4, SHAPE_SLOTS, mapType.progArray),
    newMap("km_prog6", 4, SHAPE_SLOTS, mapType.progArray),
    newMap("km_original_p", 24, 16),
    newMap("km_log", 0, 4096, mapType.ringBuffer),
    ...tables
      .filter(({ tier }) => (tier as string) !== "decide")
      .map(({ name }) => newMap(`km_p_${name}`, 4, POOL_SLOTS, mapType.arrayOfMaps)),
  ];
}

/** Everything that these hold, and they themselves. Descriptors of folders hold nothing. */
function reachable(from: readonly Thing[]): ReadonlySet<FakeMap | FakeProgram | FakeLink> {
  const found = new Set<FakeMap | FakeProgram | FakeLink>();
  const visit = (thing: Thing): void => {
    if ((thing.kind !== "map" && thing.kind !== "program" && thing.kind !== "link") || found.has(thing)) return;
    found.add(thing);
    if (thing.kind === "link") visit(thing.program);
    else for (const held of thing.kind === "map" ? thing.slots.values() : thing.maps.values()) visit(held);
  };
  from.forEach(visit);
  return found;
}

/** Cells by what they name: where runs lie, and what is in the room between them, is of no meaning. */
function runsOf(cells: Uint8Array, endpoints: Uint8Array, places: Cells): string {
  const images = { cell: cells, endpoint: endpoints };
  const runs = Array.from({ length: places.clusters }, (_, cluster) => runOf(images, cellAt(cells, places, cluster)));
  return runs.map(({ run, form }) => `${form} ${hashOf(run)}`).join(" ");
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** The generation that the attached programs act on, with the images it names, its programs, links and pins. Spare places are not part of it. */
function viewOf(pins: ReadonlyMap<string, Thing>, folder: string): string {
  const connect4 = pins.get(`${folder}/link_connect4`) as FakeLink | undefined;
  const map = (name: string): FakeMap | undefined => connect4?.program.maps.get(name);
  // Those under ids keep what is told here by other names; whether any are left over, `alive` tells.
  const named = [...pins.keys()].filter((pin) => !isIdPin(pin.slice(pin.lastIndexOf("/") + 1)));
  const lines = named.sort().map((pin) => `pin ${pin}`);
  for (const [, thing] of [...pins].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (thing.kind === "link")
      lines.push(`link ${thing.point} ${thing.cgroup} -> ${thing.program.name} of shape slot ${thing.program.shapeSlot}`);
  const root = map("km_root");
  const { published, header } = root ? decodeRoot(root.bytes) : { published: 0n, header: undefined };
  lines.push(`root ${published}`);
  if (!header) return lines.join("\n");
  lines.push(`header ${JSON.stringify(header)}`);
  for (const array of ["km_prog4", "km_prog6"]) lines.push(`${array}[${header.shapeSlot}] ${map(array)!.slots.get(header.shapeSlot)?.id}`);
  const inner = (name: string): FakeMap | undefined => {
    const found = map(`km_p_${name}`)?.slots.get(header.slot[tableId(name)]!);
    return found?.kind === "map" ? found : undefined;
  };
  for (const { name } of tables) {
    const found = inner(name);
    if (found) lines.push(`table ${name} ${found.id}${isRunTable(name) ? "" : ` ${hashOf(found.bytes)}`}`);
  }
  lines.push(`runs ${runsOf(inner("cell")!.bytes, inner("endpoint")?.bytes ?? new Uint8Array(0), cellsIn(header))}`);
  return lines.join("\n");
}
