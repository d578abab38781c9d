import type { DiagnosticSink } from "../diag/index.ts";
import type { Recording } from "./forms/recording.ts";
import { type ItemStack, newItems } from "./items.ts";
import { type JsonStencils, newJsonStencils } from "./json/stencils.ts";
import { pathOf, type Reading } from "./reading.ts";
import type { EarlierItems } from "./wire/earlier-items.ts";
import { newRepeats, type Repeats } from "./wire/repeats.ts";
import type { Stencils } from "./wire/stencils.ts";

/** What a reader carries along: where it is, and what it has read before. */
export interface ReadState extends Reading {
  readonly items: ItemStack;
  readonly repeats: Repeats;
  readonly jsonStencils: JsonStencils;
  /** Undefined for one resource alone, in which little repeats. */
  readonly stencils: Stencils | undefined;
  /** Of the message being read that may become a stencil. Within it no other one is looked for. */
  recording: Recording | undefined;
  /** Of a resource that was read before. */
  readonly earlier: EarlierItems | undefined;
}

/** @param known what was read before, by any state */
export function newState(
  sink: DiagnosticSink,
  known: Partial<Pick<ReadState, "repeats" | "stencils" | "jsonStencils" | "earlier">> = {},
): ReadState {
  const state: ReadState = {
    sink,
    root: () => "",
    unknownField: "note",
    depth: 0,
    fields: [],
    keys: [],
    names: [],
    items: newItems(),
    validates: true,
    judges: false,
    errors: 0,
    reports: 0,
    repeats: known.repeats ?? newRepeats(),
    stencils: known.stencils,
    jsonStencils: known.jsonStencils ?? newJsonStencils(),
    recording: undefined,
    earlier: known.earlier,
    noted: "",
    notedPath: () => pathOf(state, `.${state.noted}`),
  };
  return state;
}
