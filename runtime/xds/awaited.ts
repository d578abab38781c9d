import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Timers, XdsClock } from "./clock.ts";
import type { XdsKind } from "./types.ts";

/** Names that were asked for and not answered yet, each for `timeoutMs` at most. */
export interface Awaited {
  add(kind: XdsKind, name: string): void;
  drop(kind: XdsKind, name: string): void;
  count(kind: XdsKind): number;
  isEmpty(): boolean;
}

export interface AwaitedContext {
  readonly clock: XdsClock;
  readonly timers: Timers;
  readonly timeoutMs: number;
  report(diagnostic: Diagnostic): void;
  onGivenUp(): void;
}

const awaitedKinds = ["endpoint", "route"] as const;

export function createAwaited({ clock, timers, timeoutMs, report, onGivenUp }: AwaitedContext): Awaited {
  /** With the time they were asked for, oldest first. */
  const names: Readonly<Record<(typeof awaitedKinds)[number], Map<string, number>>> = { endpoint: new Map(), route: new Map() };
  const of = (kind: XdsKind): Map<string, number> | undefined => (kind === "endpoint" || kind === "route" ? names[kind] : undefined);
  const isEmpty = (): boolean => awaitedKinds.every((kind) => names[kind].size === 0);

  const giveUp = (): void => {
    const now = clock.now();
    for (const kind of awaitedKinds) {
      const late = [...names[kind]].filter(([, at]) => now - at >= timeoutMs).map(([name]) => name);
      if (late.length === 0) continue;
      for (const name of late) names[kind].delete(name);
      report({ ...noAnswer(`${kind}s[${JSON.stringify(late[0])}]`, timeoutMs), count: late.length });
      onGivenUp();
    }
    if (!isEmpty()) watch();
  };

  const watch = (): void => {
    const oldest = Math.min(...awaitedKinds.flatMap((kind) => [...names[kind].values()].slice(0, 1)));
    timers.set("awaited", Math.max(0, oldest + timeoutMs - clock.now()), giveUp);
  };

  return {
    add(kind, name) {
      const waiting = of(kind);
      if (!waiting || waiting.has(name)) return;
      const isFirst = isEmpty();
      waiting.set(name, clock.now());
      if (isFirst) watch();
    },
    drop(kind, name) {
      if (of(kind)?.delete(name) && isEmpty()) timers.cancel("awaited");
    },
    count: (kind) => of(kind)?.size ?? 0,
    isEmpty,
  };
}

/** As Envoy's initial_fetch_timeout: what is not answered does not hold up the rest. */
export function noAnswer(path: string, timeoutMs: number): Diagnostic {
  return {
    code: "KM7007",
    severity: "note",
    path,
    message: `no answer in ${timeoutMs / 1000} s; going on without, an answer still counts`,
  };
}
