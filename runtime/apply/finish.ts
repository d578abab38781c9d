import { InternalError } from "../../compiler/diag/index.ts";
import type { AttachPoint } from "../kernel/index.ts";
import type { GenerationPlan, WaitPlan } from "../plan/index.ts";
import type { Context } from "./context.ts";
import { removeOldTexts } from "./generation.ts";
import type { Live } from "./live.ts";
import type { Loaded } from "./programs.ts";
import type { ApplyReport } from "./report.ts";
import type { Transaction } from "./transaction.ts";

/** Plans until nothing that the plan needs waits for a grace period. */
export async function planned<P extends { readonly kind: string }>({ grace }: Context, make: () => P | WaitPlan): Promise<P> {
  for (;;) {
    const made = make();
    if (made.kind !== "wait") return made as P;
    if (grace.idle) throw new InternalError("a plan waits, but nothing was retired");
    await grace.settle();
  }
}

/** Makes it final and tells what was done. */
export async function finish(
  { kernel }: Context,
  live: Live,
  transaction: Transaction,
  made: { readonly kind: ApplyReport["kind"]; readonly images?: GenerationPlan["images"] },
  loaded: Loaded | undefined,
  attached: readonly AttachPoint[],
): Promise<Omit<ApplyReport, "timing">> {
  if (made.kind === "generation") transaction.atEnd(() => removeOldTexts(kernel, live));
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
export async function takeBack(transaction: Transaction, cause: unknown): Promise<void> {
  const errors = await transaction.rollBack();
  if (errors.length > 0 && cause instanceof Error) cause.message += `; and it could not all be taken back: ${errors.map(words).join("; ")}`;
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
