import type { LirConnect } from "../lir/index.ts";
import { renderTemplate } from "./render.ts";
import { everyShape } from "./shapes.ts";

/** What the code of the connect tier depends on. Everything else (addresses, weights, endpoints, names) is data in tables. */
export interface ConnectShape {
  readonly ports: boolean;
  readonly ranges: boolean;
  readonly splits: boolean;
}

/** View of templates/connect.bpf.c.hbs. */
interface ConnectView extends ConnectShape {
  readonly shape: string;
  /** None of the steps. */
  readonly plain: boolean;
  readonly [field: string]: string | boolean;
}

const steps = ["ports", "ranges", "splits"] as const satisfies readonly (keyof ConnectShape)[];

/** All that a model can have. They ship compiled: as long as they are few, a machine without a compiler runs the very same programs. */
export const connectShapes: readonly ConnectShape[] = everyShape(steps);

export function connectShape(lir: LirConnect): ConnectShape {
  return {
    ports: lir.ranges.some((r) => r.by === "port"),
    ranges: lir.ranges.some((r) => r.by === "ip"),
    splits: lir.splits.length > 0,
  };
}

/** File name -> C of the connect hooks. */
export function emitConnect(shape: ConnectShape): ReadonlyMap<string, string> {
  const words = steps.filter((step) => shape[step]);
  const view: ConnectView = { ...shape, plain: words.length === 0, shape: words.join("+") || "plain" };
  return new Map([["connect.bpf.c", renderTemplate("connect.bpf.c", view)]]);
}

/** Programs of the connect object, for the manifest. */
export const connectPrograms = [
  { name: "km_connect4", attach: "connect4" },
  { name: "km_connect6", attach: "connect6" },
  { name: "km_peername4", attach: "getpeername4" },
  { name: "km_peername6", attach: "getpeername6" },
  { name: "km_release", attach: "sock_release" },
] as const;
