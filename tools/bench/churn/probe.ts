import { openListener, round } from "../connector.ts";

/** Connections to one service, without pause while something is looked for. */
export interface Probe {
  /** Begins, unless it looks already. */
  look(): void;
}

/**
 * @param onLanded is told where a connection landed (IPv4 address as a number) and when it had been made (nanoseconds of process.hrtime);
 *   the next one is made while it returns true
 */
export function createProbe(target: readonly [address: number, port: number], onLanded: (at: number, when: bigint) => boolean): Probe {
  const listener = sharedListener();
  let looks = false;
  const connect = (): void => {
    const { landed, failed } = round(listener, { targets: [target], count: 1 });
    if (failed > 0) throw new Error("a connection failed");
    looks = onLanded(landed, process.hrtime.bigint());
    if (looks) setImmediate(connect);
  };
  return {
    look() {
      if (!looks) connect();
    },
  };
}

let opened: number | undefined;

function sharedListener(): number {
  opened ??= openListener();
  return opened;
}
