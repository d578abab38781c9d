import type { Log, LogOutput } from "../log/index.ts";
import { exit } from "./main.ts";

/**
 * Warnings of Node.js go to the log. An error that nobody caught is a bug: it is told, and the process ends with 3. What is applied goes on working, and the next daemon takes
 * over; to go on with unknown state would be worse.
 */
export function endOnFatal(log: Log, output: LogOutput): void {
  const daemon = log.logger("daemon");
  const end = (error: unknown, origin: string): void => {
    const stack = error instanceof Error ? error.stack : undefined;
    const message = error instanceof Error ? error.message : String(error);
    daemon.error("internal error; the daemon ends, what is applied goes on working", { origin, error: message, stack });
    output.flush();
    process.exit(exit.internal);
  };
  // Unhandled rejections come here too: they are thrown when nobody listens for them.
  process.on("uncaughtException", end);
  // Node.js prints its warnings itself, and not as JSON.
  process.removeAllListeners("warning");
  process.on("warning", ({ name, message, stack }) => daemon.warn(message, { name, stack }));
}
