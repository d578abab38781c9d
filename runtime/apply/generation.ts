import type { Bundle } from "../../compiler/bundle/format.ts";
import { namesBytes, namesFile } from "../../compiler/bundle/names.ts";
import type { Fd, Kernel } from "../kernel/index.ts";
import { encodeHeader, type GenerationPlan, tableId } from "../plan/index.ts";
import type { Grace } from "./grace.ts";
import { type Live, roomsOfRunning } from "./live.ts";
import { isTextPin, pinNames } from "./pin-names.ts";
import { fillSlots, type Slot, trimPool } from "./pools.ts";
import { type Loaded, programArrays } from "./programs.ts";
import { headerAt, rootValue } from "./root.ts";
import { createText } from "./text.ts";
import type { Transaction } from "./transaction.ts";

export interface Tools {
  readonly kernel: Kernel;
  readonly transaction: Transaction;
  readonly grace: Grace;
}

/** What stands in the manifest and names pins of a generation. */
export interface GenerationTexts {
  manifest(): string;
  /** Only made where they are not pinned yet: a large mesh has many. */
  names(): string | Uint8Array;
  readonly shape: string;
  readonly namesHash: string;
}

export function textsOf(bundle: Bundle): GenerationTexts {
  const { manifest } = bundle;
  return {
    manifest: () => JSON.stringify(manifest),
    names: () => namesBytes(namesFile(bundle.names)),
    shape: manifest.shape,
    namesHash: manifest.names.sha256,
  };
}

/**
 * Writes a generation beside the running one and publishes it by one store. What fails before the store leaves the running one untouched;
 * what fails after it (in a later step of the transaction) is taken back by a store of the old root.
 *
 * @param proof awaited between the two
 */
export async function writeGeneration(
  tools: Tools,
  live: Live,
  plan: GenerationPlan,
  texts: GenerationTexts,
  loaded: Loaded | undefined,
  proof: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const { kernel, transaction } = tools;
  // New arrays wait for a grace period in other threads; the texts are made meanwhile.
  const filling = fillSlots(kernel, live, plan.images, transaction);
  try {
    pinTexts(tools, live, plan, texts);
  } finally {
    await filling;
  }
  const filled = await filling;
  await proof;
  live.root.bytes.set(encodeHeader(plan.header), headerAt(plan.headerSlot));
  if (plan.load) setPrograms(tools, live, plan.header.shapeSlot, loaded!.programs);
  publish(tools, live, plan, filled, texts);
}

function setPrograms({ kernel, transaction }: Tools, live: Live, slot: number, programs: Loaded["programs"]): void {
  for (const [point, array] of programArrays) {
    const program = programs.get(point);
    if (program === undefined) continue;
    kernel.setProgram(live.maps.get(array)!, slot, program);
    transaction.onRollback(() => kernel.setProgram(live.maps.get(array)!, slot, undefined));
  }
}

function publish(tools: Tools, live: Live, plan: GenerationPlan, filled: readonly Slot[], texts: GenerationTexts): void {
  const { transaction } = tools;
  const before = rootValue(live.generation, live.headerSlot);
  // Registered first: if the store itself fails, storing the old value again does no harm.
  transaction.onRollback(() => {
    live.root.store(0, before);
    takeBack(tools, live, plan, filled);
  });
  live.root.store(0, rootValue(plan.header.generation, plan.headerSlot));
  transaction.onCommit(() => commit(tools, live, plan, texts));
}

/** A generation that was published for a moment: programs may still read it. */
function takeBack({ grace }: Tools, live: Live, plan: GenerationPlan, filled: readonly Slot[]): void {
  const slots = filled.filter((slot) => slot.use === "free");
  for (const slot of slots) slot.use = "waiting";
  live.headerUse[plan.headerSlot] = "waiting";
  if (plan.load) live.shapeUse[plan.header.shapeSlot] = "waiting";
  grace.retire(() => {
    for (const slot of slots) slot.use = "free";
    live.headerUse[plan.headerSlot] = "free";
    if (plan.load) live.shapeUse[plan.header.shapeSlot] = "free";
  });
}

function commit(tools: Tools, live: Live, plan: GenerationPlan, texts: GenerationTexts): void {
  const { kernel, grace } = tools;
  const retired: Slot[] = [];
  // The tables of runs move together.
  const cell = tableId("cell");
  const movesRuns = live.header?.slot[cell] !== plan.header.slot[cell];
  for (const [table, pool] of live.pools) {
    const now = pool.slots[plan.header.slot[tableId(table)]!]!;
    for (const slot of pool.slots) if (slot.use === "running" && slot !== now) retired.push(slot);
    now.use = "running";
  }
  for (const slot of retired) slot.use = "waiting";
  const oldHeader = live.header && live.headerSlot !== plan.headerSlot ? live.headerSlot : undefined;
  if (oldHeader !== undefined) live.headerUse[oldHeader] = "waiting";
  live.headerUse[plan.headerSlot] = "running";
  live.shapeUse[plan.header.shapeSlot] = "running";
  const oldShapes = plan.load
    ? live.shapeUse.flatMap((use, slot) => (use === "running" && slot !== plan.header.shapeSlot ? [slot] : []))
    : [];
  for (const slot of oldShapes) live.shapeUse[slot] = "waiting";
  live.generation = plan.header.generation;
  live.headerSlot = plan.headerSlot;
  live.header = plan.header;
  live.shape = texts.shape;
  live.names = texts.namesHash;
  // Runs that wait for a grace period are not in the room of tables that stay.
  if (movesRuns) {
    live.rooms = roomsOfRunning(live);
    live.roomEpoch++;
  }
  grace.retire(() => {
    for (const slot of retired) slot.use = "free";
    if (oldHeader !== undefined) live.headerUse[oldHeader] = "free";
    for (const slot of oldShapes) live.shapeUse[slot] = "free";
    clearShapes(kernel, live);
  });
}

/** Takes programs of shapes that nothing leads to any more out of the arrays; a place is free, whether that succeeds or not. */
export function clearShapes(kernel: Kernel, live: Live): void {
  for (const name of programArrays.values()) {
    const array = live.maps.get(name)!;
    for (const [slot, use] of live.shapeUse.entries())
      if (use === "free" && kernel.programAt(array, slot) !== undefined) kernel.setProgram(array, slot, undefined);
  }
}

function pinTexts({ kernel, transaction }: Tools, live: Live, plan: GenerationPlan, texts: GenerationTexts): void {
  const folder = live.set.path;
  const put = (name: string, text: string | Uint8Array): void => {
    const path = `${folder}/${name}`;
    const fd: Fd = createText(kernel, "km_text", text);
    transaction.atEnd(() => kernel.close(fd));
    kernel.pin(fd, path);
    transaction.onRollback(() => kernel.unpin(path));
  };
  const present = kernel.listPins(folder);
  const manifest = pinNames.manifest(plan.header.generation);
  // Left by a daemon that died between pin and store.
  if (present.includes(manifest)) kernel.unpin(`${folder}/${manifest}`);
  put(manifest, texts.manifest());
  const names = pinNames.names(texts.namesHash);
  if (!present.includes(names)) put(names, texts.names());
}

/** Removes what the running generation does not need: texts of others. */
export function removeOldTexts(kernel: Kernel, live: Live): void {
  const folder = live.set.path;
  const keep = new Set([pinNames.manifest(live.generation), ...(live.names === undefined ? [] : [pinNames.names(live.names)])]);
  for (const name of kernel.listPins(folder)) if (isTextPin(name) && !keep.has(name)) kernel.unpin(`${folder}/${name}`);
}

/** Gives memory back that no generation needs soon. */
export async function trimPools(kernel: Kernel, live: Live): Promise<void> {
  for (const pool of live.pools.values()) await trimPool(kernel, pool);
}
