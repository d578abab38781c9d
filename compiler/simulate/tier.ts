import { InternalError } from "../diag/index.ts";
import type { Answer, Decision } from "../hir/index.ts";
import { type Image, verdicts, viewOf } from "../layout/index.ts";
import { type ConnectOutput, type DecideNames, Split } from "./types.ts";

/** How a connection is carried, by the connect tier's verdict. */
export type Tier = NonNullable<Answer["tier"]>;

export function tierOf({ leaf }: ConnectOutput): Tier {
  switch (leaf.verdict) {
    case verdicts.NONE:
    case verdicts.PASS:
      return "pass";
    case verdicts.DIRECT:
    case verdicts.SPLIT:
    case verdicts.REFUSE:
      return "direct";
    case verdicts.L7:
      return "l7";
    case verdicts.PUNT:
      return "punt";
    default:
      throw new InternalError(`the connect tier ends with verdict ${leaf.verdict}`);
  }
}

/** Clusters that the connect tier draws from, with their shares; "" is refused. */
export function connectShares(
  { leaf }: ConnectOutput,
  names: DecideNames,
  images: ReadonlyMap<string, Image>,
): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  const add = (verdict: number, target: number, share: number) => {
    const name = verdict === verdicts.DIRECT ? names.clusters[target]!.name : "";
    shares.set(name, (shares.get(name) ?? 0) + share);
  };
  if (leaf.verdict !== verdicts.SPLIT) {
    add(leaf.verdict, leaf.target, 1);
    return shares;
  }
  const view = viewOf(images.get("split")!);
  let before = 0;
  const first = Split.read(view, leaf.target * Split.size);
  for (let i = 0; i < first.count; i++) {
    const { upto, verdict, target } = Split.read(view, (leaf.target + i) * Split.size);
    add(verdict, target, (upto + 1 - before) / 2 ** 32);
    before = upto + 1;
  }
  return shares;
}

/** Shares of a decision by cluster; "" for those that end otherwise. */
export function decisionShares(decision: Decision): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { probability, outcome } of decision.shares) {
    const name = outcome.kind === "cluster" ? outcome.cluster : "";
    shares.set(name, (shares.get(name) ?? 0) + probability);
  }
  return shares;
}
