import type { Header as HeaderRecord } from "../layout/index.ts";

export { Cell, ConnectOutput, DecideInput, DecideOutput, Endpoint, Header, Route, Share, Split, Target } from "../layout/gen/records.ts";

/** What the compiler knows of a generation header. */
export type HeaderScalars = Omit<HeaderRecord, "generation" | "shapeSlot" | "slot" | "count">;

/** Ids of the tables -> what a decision names. */
export interface DecideNames {
  readonly listeners: readonly { readonly path: string }[];
  readonly chains: readonly { readonly path: string }[];
  readonly vhosts: readonly { readonly path: string }[];
  readonly routes: readonly { readonly path: string }[];
  readonly clusters: readonly { readonly name: string }[];
  /** Paths of weighted entries. */
  readonly entries: readonly string[];
  /** Diagnostic codes of punts. */
  readonly reasons: readonly string[];
}
