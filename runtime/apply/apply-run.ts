import { InternalError } from "../../compiler/diag/index.ts";
import {
  CELL_SIZE,
  type CellPlan,
  cellsOfHeader,
  clustersOf,
  type GenerationPlan,
  giveRoom,
  placeOfCell,
  planRun,
  type RunChange,
  recordSizeOf,
  tableId,
  takeRoom,
} from "../plan/index.ts";
import type { Context } from "./context.ts";
import { ApplyError } from "./error.ts";
import { finish, planned, takeBack } from "./finish.ts";
import { type GenerationTexts, writeGeneration } from "./generation.ts";
import type { Grace } from "./grace.ts";
import { type Live, stateOf } from "./live.ts";
import { pinNames } from "./pin-names.ts";
import { type ApplyReport, startWatch } from "./report.ts";
import { readText } from "./text.ts";
import { beginTransaction } from "./transaction.ts";

/** As Session.applyRun. */
export async function applyRun(context: Context, change: RunChange): Promise<ApplyReport> {
  const { live } = context;
  if (!live?.header) throw new ApplyError("KM6204", context.folder, "nothing is applied yet", "kmesh-daemon apply BUNDLE --cgroup PATH");
  if (change.cluster >= clustersOf(live.header)) throw new InternalError(`no cluster ${change.cluster}`);
  const watch = startWatch();
  const plan = () => planRun(stateOf(live, 0), change);
  const first = plan();
  const made = first.kind === "wait" ? await planned<CellPlan | GenerationPlan>(context, plan) : first;
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
export function writeCell(grace: Grace, live: Live, { cluster, table, first, run, value, retired }: CellPlan): void {
  const running = (name: string) => live.pools.get(name)!.slots[live.header!.slot[tableId(name)]!]!.mapping!;
  const count = run.length / recordSizeOf(table);
  if (count > 0) running(table).bytes.set(run, first * recordSizeOf(table));
  running("cell").store(placeOfCell(cellsOfHeader(live.header!), cluster) * CELL_SIZE, value);
  if (count > 0) takeRoom(live.rooms[table], first, count);
  const { roomEpoch } = live;
  live.waitingRuns++;
  grace.retire(() => {
    live.waitingRuns--;
    // Else the run went with earlier tables.
    if (live.roomEpoch === roomEpoch) giveRoom(live.rooms[retired.table], retired);
  });
}

/** Names and manifest of what runs: a compaction publishes the same rules again. */
function runningTexts({ kernel }: Context, live: Live): GenerationTexts {
  const manifest = readText(kernel, `${live.set.path}/${pinNames.manifest(live.generation)}`);
  const names = (): string => readText(kernel, `${live.set.path}/${pinNames.names(live.names!)}`);
  return { manifest: () => manifest, names, shape: live.shape!, namesHash: live.names! };
}
