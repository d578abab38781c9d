/**
 * The client of `make bench-churn`: connects to one service without pause, and tells whenever a connection lands elsewhere than the one before.
 * It runs in the namespace and the cgroup whose connections the daemon steers.
 */
import koffi from "koffi";
import { openListener, round } from "../connector.ts";

/** IPv4 address as a number, port. */
export type WatcherCommand = readonly [address: number, port: number] | "rest";

export interface Landing {
  /** IPv4 address as a number; 0: the connection failed. */
  readonly at: number;
  /** When the connection had been made: nanoseconds of process.hrtime. */
  readonly seenAt: bigint;
}

/** Connections between two looks at what the benchmark asks for. */
const SLICE = 200;
/** Microseconds between two connections, which leave the CPU to others. They count as the daemon's. */
const REST_US = 20;
const usleep = koffi.load("libc.so.6").func("int usleep(uint32)");

const listener = openListener();
let target: WatcherCommand = "rest";
let last = -1;

function slice(): void {
  if (target === "rest") return;
  for (let i = 0; i < SLICE; i++) {
    usleep(REST_US);
    const { landed, failed } = round(listener, { targets: [target], count: 1 });
    const at = failed > 0 ? 0 : landed;
    if (at === last) continue;
    last = at;
    process.send!({ at, seenAt: process.hrtime.bigint() } satisfies Landing);
  }
  setImmediate(slice);
}

process.on("message", (command: WatcherCommand) => {
  target = command;
  last = -1;
  slice();
});
process.on("disconnect", () => process.exit(0));
process.send!("ready");
