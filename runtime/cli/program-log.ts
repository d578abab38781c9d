import type { ProgramLog } from "../apply/index.ts";
import type { Log } from "../log/index.ts";
import { every } from "./every.ts";

/** Of the lines. How much there is to tell is the kernel's level, so that this logger tells all. */
const LOGGER = "bpf";
/** Milliseconds between looks at the ring. */
const PERIOD = 500;
/** Lines of one look: more are counted, not written. */
const LINES = 100;

/** Writes what the programs tell as lines, at a bounded rate. Gives what ends it. */
export function followProgramLog(
  source: Pick<ProgramLog, "read">,
  log: Log,
  timer: (ms: number, run: () => void) => () => void,
): () => void {
  const logger = log.logger(LOGGER);
  return every(PERIOD, timer, () => {
    try {
      const { entries, dropped } = source.read();
      // What the programs wrote was asked for.
      log.setLevel(LOGGER, "debug");
      for (const { level, reason, time, ...fields } of entries.slice(0, LINES)) logger[level](reason, { bootNs: time, ...fields });
      const left = dropped + Math.max(0, entries.length - LINES);
      if (left > 0) logger.warn("more connections than are logged", { dropped: left });
    } catch (error) {
      logger.error("the programs' log could not be read", { error });
    }
  });
}
