import { dfasOf, type LirDecide, type LirListenerPart } from "../lir/decide.ts";
import { perObject } from "../memo/index.ts";
import { renderTemplate } from "./render.ts";
import { everyShape } from "./shapes.ts";

/** What the code of the decide tier depends on: steps that no rule of the model needs are left out. Everything else is data. */
export interface DecideShape {
  readonly http: boolean;
  readonly regex: boolean;
  readonly tls: boolean;
}

const steps = ["http", "regex", "tls"] as const satisfies readonly (keyof DecideShape)[];

/** All that a model can have; they ship compiled, as those of the connect tier. */
export const decideShapes: readonly DecideShape[] = everyShape(steps);

/** The shape that takes every table: many models can share it. */
export const genericDecideShape: DecideShape = { http: true, regex: true, tls: true };

export function decideShape(lir: LirDecide): DecideShape {
  return {
    http: lir.listeners.some(hasHttp),
    regex: dfasOf(lir.tables).length > 0,
    tls: lir.listeners.some(inspectsTls),
  };
}

const hasHttp = perObject(({ listeners }: LirListenerPart) => listeners.some(({ chains }) => chains.some(({ kind }) => kind === "http")));

const inspectsTls = perObject(({ listeners }: LirListenerPart) => listeners.some(({ inspect }) => inspect.some(({ tls }) => tls)));

/** File name -> C of the decide tier. */
export function emitDecide(shape: DecideShape): ReadonlyMap<string, string> {
  const words = steps.filter((name) => shape[name]);
  const view = {
    shape: words.join("+") || "plain",
    steps: steps.map((name) => ({ name: name.toUpperCase(), value: shape[name] ? 1 : 0 })),
  };
  return new Map([["decide.c", renderTemplate("decide.c", view)]]);
}
