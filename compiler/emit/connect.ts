import type { LirConnect } from "../lir/index.ts";
import { renderTemplate } from "./render.ts";

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

/** The shape that takes every table: for a machine without a compiler. */
export const genericShape: ConnectShape = { ports: true, ranges: true, splits: true };

export function connectShape(lir: LirConnect): ConnectShape {
  return {
    ports: lir.ranges.some((r) => r.by === "port"),
    ranges: lir.ranges.some((r) => r.by === "ip"),
    splits: lir.splits.length > 0,
  };
}

/** File name -> C of the connect hooks. */
export function emitConnect(shape: ConnectShape): ReadonlyMap<string, string> {
  const words = (["ports", "ranges", "splits"] as const).filter((step) => shape[step]);
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
