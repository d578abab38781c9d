import type { Bundle } from "../../compiler/bundle/format.ts";
import { InternalError } from "../../compiler/diag/index.ts";
import type { AttachPoint, Fd, Kernel } from "../kernel/index.ts";
import {
  CELL_SIZE,
  type CellPlan,
  clustersOf,
  type GenerationPlan,
  giveRoom,
  type Plan,
  plan,
  planRun,
  type RunChange,
  recordSizeOf,
  tableId,
  tableNames,
  takeRoom,
  type WaitPlan,
} from "../plan/index.ts";
import { ApplyError } from "./error.ts";
import { type GenerationTexts, removeOldTexts, textsOf, trimPools, writeGeneration } from "./generation.ts";
import { createGrace, type Grace } from "./grace.ts";
import { applyLinks, entryPrograms, finishSwap, linkWork } from "./links.ts";
import { assemble, closeLive, type Live, openLive, roomsOfRunning, stateOf } from "./live.ts";
import { pinNames } from "./pin-names.ts";
import { openPool, poolName } from "./pools.ts";
import { createProgramLog, type ProgramLog } from "./program-log.ts";
import { type Loaded, loadPrograms, pointsOf } from "./programs.ts";
import { readText } from "./text.ts";
import { beginTransaction, type Transaction } from "./transaction.ts";

/** What an apply did. */
export interface ApplyReport {
  /** `unchanged`: the kernel held it already (links may still have been attached). */
  readonly kind: "unchanged" | "cell" | "generation";
  readonly generation: number;
  /** Tables of which new images were written. */
  readonly tables: readonly string[];
  /** Programs that were loaded, with the instructions that the verifier processed. */
  readonly programs: readonly { readonly name: string; readonly processed: number }[];
  /** Points that got a link, or another program. */
  readonly attached: readonly AttachPoint[];
  /** Milliseconds: planning, loading and verifying programs, writing and publishing tables, attaching. */
  readonly timing: Timing;
  /** What could not be tidied up afterwards, in words; the apply itself is done. */
  readonly leftovers: readonly string[];
}

export interface Timing {
  readonly plan: number;
  readonly load: number;
  readonly publish: number;
  readonly attach: number;
}

/** The one owner of a pin folder. Applies run one after the other. */
export interface Session {
  /** Makes the kernel do what the bundle says, or throws KernelError or ApplyError and leaves what runs as it was. */
  apply(bundle: Bundle, cgroup?: string): Promise<ApplyReport>;
  /** New endpoints for one cluster of what runs: work in the size of the change. */
  applyRun(change: RunChange): Promise<ApplyReport>;
  /** 0: nothing is published. */
  generation(): number;
  /** What the programs tell of connections, and how much. */
  readonly programLog: Omit<ProgramLog, "close">;
  /** Resolves when nothing waits for a grace period, and spare memory has been given back. */
  settle(): Promise<void>;
  /** Ends the session; what is published goes on. Settle first, or places that wait stay filled until the next session. */
  close(): void;
}

export function openSession(kernel: Kernel, folder: string, options: { readonly mount?: boolean } = {}): Session {
  kernel.makePinFolder(folder, options.mount ?? false);
  const lock = kernel.lock(folder);
  let live: Live | undefined;
  try {
    live = openLive(kernel, folder);
    if (live?.header) finishSwap(kernel, live);
  } catch (error) {
    if (live) closeLive(kernel, live);
    kernel.close(lock);
    throw error;
  }
  const grace = createGrace(kernel);
  if (live?.header) freeAfterGrace(live, grace);
  const context: Context = { kernel, folder, grace, live };
  const programLog = createProgramLog(kernel, () => context.live?.maps);
  let queue: Promise<unknown> = Promise.resolve();
  const serially = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  return {
    apply: (bundle, cgroup) => serially(() => applyBundle(context, bundle, cgroup)),
    applyRun: (change) => serially(() => applyRun(context, change)),
    generation: () => context.live?.generation ?? 0,
    programLog,
    settle: () => serially(() => settle(context)),
    close() {
      programLog.close();
      if (context.live) closeLive(kernel, context.live);
      else if (kernel.listPins(folder).length === 0) kernel.removePinFolder(folder);
      kernel.close(lock);
    },
  };
}

interface Context {
  readonly kernel: Kernel;
  readonly folder: string;
  readonly grace: Grace;
  live: Live | undefined;
}

async function settle({ kernel, grace, live }: Context): Promise<void> {
  await grace.settle();
  if (live) await trimPools(kernel, live);
}

/** What an earlier owner retired is not known; one grace period from now it is free, whatever it was. */
function freeAfterGrace(live: Live, grace: Grace): void {
  const { roomEpoch } = live;
  const rooms = roomsOfRunning(live);
  grace.retire(() => {
    for (const { slots } of live.pools.values()) for (const slot of slots) if (slot.use === "waiting") slot.use = "free";
    for (const uses of [live.headerUse, live.shapeUse])
      for (const [slot, use] of uses.entries()) if (use === "waiting") uses[slot] = "free";
    live.waitingRuns--;
    if (live.roomEpoch === roomEpoch) live.rooms = rooms;
  });
  live.waitingRuns++;
}

/** Plans until nothing that the plan needs waits for a grace period. */
async function planned<P extends { readonly kind: string }>({ grace }: Context, make: () => P | WaitPlan): Promise<P> {
  for (;;) {
    const made = make();
    if (made.kind !== "wait") return made as P;
    if (grace.idle) throw new InternalError("a plan waits, but nothing was retired");
    await grace.settle();
  }
}

async function applyBundle(context: Context, bundle: Bundle, cgroupPath: string | undefined): Promise<ApplyReport> {
  const { kernel } = context;
  const points = pointsOf(bundle);
  const transaction = beginTransaction();
  const watch = startWatch();
  try {
    const cgroup = cgroupPath === undefined ? undefined : kernel.openCgroup(cgroupPath);
    if (cgroup !== undefined) transaction.atEnd(() => kernel.close(cgroup));
    const made = await planned<Exclude<Plan, WaitPlan>>(context, () => plan(stateOf(context.live), bundle));
    const links = context.live?.links ?? new Map<AttachPoint, Fd>();
    const work = linkWork(kernel, links, points, cgroup);
    watch.lap("plan");
    const swap = made.kind === "generation" && made.load;
    const loaded =
      swap || work.attach.length > 0 || lacksTemplate(context.live, made)
        ? load(context, bundle, shapeSlotOf(context.live, made), transaction)
        : undefined;
    const live = adoptMaps(context, loaded, transaction);
    watch.lap("load");
    if (made.kind === "generation") await writeGeneration({ ...context, transaction }, live, made, textsOf(bundle), loaded);
    watch.lap("publish");
    const programs = new Map([
      ...(loaded?.programs ?? []),
      ...(work.attach.length > 0 && !swap ? entries(context, live, transaction) : []),
    ]);
    applyLinks({ kernel, folder: context.folder, links: live.links, cgroup, transaction }, work, programs, swap);
    watch.lap("attach");
    if (made.kind === "cell") writeCell(context.grace, live, made);
    transaction.onCommit(() => {
      context.live = live;
    });
    watch.lap("publish");
    return { ...(await finish(context, live, transaction, made, loaded, swap ? [...points] : work.attach)), timing: watch.timing };
  } catch (error) {
    await takeBack(transaction, error);
    throw error;
  }
}

async function applyRun(context: Context, change: RunChange): Promise<ApplyReport> {
  const { live } = context;
  if (!live?.header) throw new ApplyError("KM6204", context.folder, "nothing is applied yet", "kmesh-daemon apply BUNDLE --cgroup PATH");
  if (change.cluster >= clustersOf(live.header)) throw new InternalError(`no cluster ${change.cluster}`);
  const watch = startWatch();
  const made = await planned<CellPlan | GenerationPlan>(context, () => planRun(stateOf(live), change));
  watch.lap("plan");
  const transaction = beginTransaction();
  try {
    if (made.kind === "cell") writeCell(context.grace, live, made);
    else await writeGeneration({ ...context, transaction }, live, made, runningTexts(context, live), undefined);
    watch.lap("publish");
    return { ...(await finish(context, live, transaction, made, undefined, [])), timing: watch.timing };
  } catch (error) {
    await takeBack(transaction, error);
    throw error;
  }
}

/** One run into free room, then one store: nothing that could be half done. */
function writeCell(grace: Grace, live: Live, { cluster, table, first, run, value, retired }: CellPlan): void {
  const running = (name: string) => live.pools.get(name)!.slots[live.header!.slot[tableId(name)]!]!.mapping!;
  const count = run.length / recordSizeOf(table);
  if (count > 0) running(table).bytes.set(run, first * recordSizeOf(table));
  running("cell").store(cluster * CELL_SIZE, value);
  if (count > 0) live.rooms[table] = takeRoom(live.rooms[table], first, count);
  const { roomEpoch } = live;
  live.waitingRuns++;
  grace.retire(() => {
    live.waitingRuns--;
    // Else the run went with earlier tables.
    if (live.roomEpoch === roomEpoch) live.rooms[retired.table] = giveRoom(live.rooms[retired.table], retired);
  });
}

function load(context: Context, bundle: Bundle, shapeSlot: number, transaction: Transaction): Loaded {
  return loadPrograms(context.kernel, bundle, shapeSlot, context.live?.maps ?? new Map(), transaction);
}

function shapeSlotOf(live: Live | undefined, made: Exclude<Plan, WaitPlan>): number {
  return made.kind === "generation" ? made.header.shapeSlot : live!.header!.shapeSlot;
}

/** New links of a running shape lead to the programs that its arrays hold, not to copies. */
function entries({ kernel }: Context, live: Live, transaction: Transaction): ReadonlyMap<AttachPoint, Fd> {
  const opened = new Map<AttachPoint, Fd>();
  for (const [point, id] of entryPrograms(kernel, live.maps, live.header!.shapeSlot)) {
    const program = kernel.openProgram(id);
    transaction.atEnd(() => kernel.close(program));
    opened.set(point, program);
  }
  return opened;
}

/** A pool's very first array has no other to be made like: the object says what it must be. */
function lacksTemplate(live: Live | undefined, made: Plan): boolean {
  if (made.kind !== "generation") return false;
  return made.images.some(
    ({ table, create }) => create !== undefined && !live?.pools.get(table)?.slots.some((slot) => slot.fd !== undefined),
  );
}

/** Pins maps of the object that are not pinned yet (at the first apply all), and opens them as this session's own. */
function adoptMaps({ kernel, folder, live }: Context, loaded: Loaded | undefined, transaction: Transaction): Live {
  const maps = new Map<string, Fd>();
  for (const [name, fd] of loaded?.maps ?? []) {
    if (live?.maps.has(name)) continue;
    const path = `${folder}/${name}`;
    kernel.pin(fd, path);
    transaction.onRollback(() => kernel.unpin(path));
    const own = kernel.openPin(path);
    transaction.onRollback(() => kernel.close(own));
    maps.set(name, own);
  }
  if (!live) {
    const fresh = assemble(kernel, maps, new Map(), () => undefined);
    transaction.onRollback(() => {
      fresh.root.unmap();
      fresh.headers.unmap();
    });
    return fresh;
  }
  for (const [name, fd] of maps) {
    const table = tableNames.find((t) => poolName(t) === name);
    live.maps.set(name, fd);
    if (table !== undefined) live.pools.set(table, openPool(kernel, table, fd, undefined));
    transaction.onRollback(() => {
      live.maps.delete(name);
      if (table !== undefined) live.pools.delete(table);
    });
  }
  return live;
}

/** Names and manifest of what runs: a compaction publishes the same rules again. */
function runningTexts({ kernel, folder }: Context, live: Live): GenerationTexts {
  const manifest = readText(kernel, `${folder}/${pinNames.manifest(live.generation)}`);
  const names = (): string => readText(kernel, `${folder}/${pinNames.names(live.names!)}`);
  return { manifest: () => manifest, names, shape: live.shape!, namesHash: live.names! };
}

async function finish(
  context: Context,
  live: Live,
  transaction: Transaction,
  made: { readonly kind: ApplyReport["kind"]; readonly images?: GenerationPlan["images"] },
  loaded: Loaded | undefined,
  attached: readonly AttachPoint[],
): Promise<Omit<ApplyReport, "timing">> {
  const { kernel, folder } = context;
  if (made.kind === "generation") transaction.atEnd(() => removeOldTexts(kernel, folder, live));
  const errors = await transaction.commit();
  return {
    kind: made.kind,
    generation: live.generation,
    tables: made.images?.map((image) => image.table).filter((table) => live.pools.has(table)) ?? [],
    programs: [...(loaded?.processed ?? [])].map(([name, { processed }]) => ({ name, processed })),
    attached,
    leftovers: errors.map(words),
  };
}

/** Takes everything back; what can't be taken back is told beside the cause. */
async function takeBack(transaction: Transaction, cause: unknown): Promise<void> {
  const errors = await transaction.rollBack();
  if (errors.length > 0 && cause instanceof Error) cause.message += `; and it could not all be taken back: ${errors.map(words).join("; ")}`;
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Adds the time since the last lap to a part. */
function startWatch(): { readonly timing: Timing; lap(part: keyof Timing): void } {
  const timing = { plan: 0, load: 0, publish: 0, attach: 0 };
  let last = performance.now();
  return {
    timing,
    lap(part) {
      const now = performance.now();
      timing[part] += now - last;
      last = now;
    },
  };
}
