import type { Readable } from "node:stream";

/** What a handler gives back. */
export interface Answer {
  readonly status: number;
  readonly body: string | Readable;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that passed the checks of the server. */
export interface Asked {
  readonly method: "GET" | "POST";
  readonly query: ReadonlyMap<string, string>;
  /** Parsed JSON; undefined with GET. */
  readonly body: unknown;
}

export type Handler = (asked: Asked) => Answer | Promise<Answer>;

export const JSON_TYPE = "application/json";
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function text(status: number, body: string, type = "text/plain; charset=utf-8"): Answer {
  return { status, body, type };
}

/** As Kmesh: indented, so that a person can read it. */
export function json(status: number, value: unknown): Answer {
  return { status, body: `${JSON.stringify(value, undefined, 4)}\n`, type: JSON_TYPE };
}

/** `{"error": ..., "hint": ...}`. */
export function problem(status: number, error: string, hint?: string): Answer {
  return json(status, { error, ...(hint !== undefined && { hint }) });
}

/** Thrown by a handler: answered as it is. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly answer: Answer;

  constructor(status: number, error: string, hint?: string) {
    super(error);
    this.answer = problem(status, error, hint);
  }
}
