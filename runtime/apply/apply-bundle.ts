import type { Bundle } from "../../compiler/bundle/format.ts";
import type { AttachPoint, Fd } from "../kernel/index.ts";
import { type Plan, plan, type WaitPlan } from "../plan/index.ts";
import { writeCell } from "./apply-run.ts";
import type { Context } from "./context.ts";
import { finish, planned, takeBack } from "./finish.ts";
import { textsOf, writeGeneration } from "./generation.ts";
import { applyLinks, entryPrograms, linkWork } from "./links.ts";
import { type Live, stateOf } from "./live.ts";
import { adoptMaps, makeSet, mapsToCarryOver } from "./make-set.ts";
import { openProgram } from "./pinned-ids.ts";
import { type Loaded, loadPrograms, pointsOf } from "./programs.ts";
import { removeUnused } from "./remove-unused.ts";
import { type ApplyReport, startWatch } from "./report.ts";
import { removeSets } from "./sets.ts";
import { beginTransaction, type Transaction } from "./transaction.ts";

/** As Session.apply. */
export async function applyBundle(
  context: Context,
  bundle: Bundle,
  cgroupPath: string | undefined,
  proof: Promise<unknown> = Promise.resolve(),
): Promise<ApplyReport> {
  const { kernel, folder, links } = context;
  const points = pointsOf(bundle);
  const transaction = beginTransaction();
  const watch = startWatch();
  try {
    const cgroup = cgroupPath === undefined ? undefined : kernel.openCgroup(cgroupPath);
    if (cgroup !== undefined) transaction.atEnd(() => kernel.close(cgroup));
    const made = await planned<Exclude<Plan, WaitPlan>>(context, () => plan(stateOf(context.live, context.lastGeneration), bundle));
    const work = linkWork(kernel, links, points, cgroup);
    watch.lap("plan");
    const swap = made.kind === "generation" && made.load;
    const loads = swap || work.attach.length > 0;
    const loaded = loads ? load(context, bundle, shapeSlotOf(context.live, made), transaction) : undefined;
    const live = context.live ? adoptMaps(kernel, context.live, loaded, transaction) : makeSet(context, loaded!, transaction);
    watch.lap("load");
    if (made.kind === "generation") await writeGeneration({ ...context, transaction }, live, made, textsOf(bundle), loaded, proof);
    else await proof;
    watch.lap("publish");
    const programs = new Map([
      ...(loaded?.programs ?? []),
      ...(work.attach.length > 0 && !swap ? entries(context, live, transaction) : []),
    ]);
    applyLinks({ kernel, folder, sets: [live.set, ...context.others], links, cgroup, transaction }, work, programs, swap);
    watch.lap("attach");
    if (made.kind === "cell") writeCell(context.grace, live, made);
    transaction.onCommit(() => serve(context, live));
    if (loads) transaction.onCommit(() => removeUnused(kernel, live, links));
    watch.lap("publish");
    return { ...(await finish(context, live, transaction, made, loaded, swap ? [...points] : work.attach)), timing: watch.timing };
  } catch (error) {
    await takeBack(transaction, error);
    throw error;
  }
}

/** No link leads to another set any more; those that were met a moment ago end with the grace period. */
function serve(context: Context, live: Live): void {
  const { kernel, grace, others } = context;
  context.live = live;
  context.others = [];
  if (others.length > 0) grace.retire(() => removeSets(kernel, others));
}

function load(context: Context, bundle: Bundle, shapeSlot: number, transaction: Transaction): Loaded {
  const { kernel, live } = context;
  const maps = live
    ? { reuse: live.maps, offer: new Map<string, Fd>() }
    : { reuse: new Map<string, Fd>(), offer: mapsToCarryOver(context, transaction) };
  return loadPrograms(kernel, bundle, shapeSlot, maps, transaction);
}

function shapeSlotOf(live: Live | undefined, made: Exclude<Plan, WaitPlan>): number {
  return made.kind === "generation" ? made.header.shapeSlot : live!.header!.shapeSlot;
}

/** New links of a running shape lead to the programs that its arrays hold, not to copies. */
function entries({ kernel }: Context, live: Live, transaction: Transaction): ReadonlyMap<AttachPoint, Fd> {
  const opened = new Map<AttachPoint, Fd>();
  for (const [point, id] of entryPrograms(kernel, live.maps, live.header!.shapeSlot)) {
    const program = openProgram(kernel, [live.set], id);
    transaction.atEnd(() => kernel.close(program));
    opened.set(point, program);
  }
  return opened;
}
