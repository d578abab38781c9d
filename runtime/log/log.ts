/** From rare to chatty: a level shows its own lines and those before it. */
export const levels = ["error", "warn", "info", "debug"] as const;
export type Level = (typeof levels)[number];

export function isLevel(text: string): text is Level {
  return (levels as readonly string[]).includes(text);
}

/** Writes lines of one logger. `fields` stand beside `time`, `level`, `logger` and `msg`; an Error becomes its message. */
export type Logger = Readonly<Record<Level, (message: string, fields?: Readonly<Record<string, unknown>>) => void>>;

/** All loggers of a process. */
export interface Log {
  /** The same logger for the same name. */
  logger(name: string): Logger;
  names(): readonly string[];
  level(name: string): Level | undefined;
  /** False: there is no logger of this name. */
  setLevel(name: string, level: Level): boolean;
}

export interface LogOptions {
  /** Of every logger until it is changed. */
  readonly level: Level;
  /** Gets whole lines, each with its newline. */
  readonly write: (line: string) => void;
  /** ISO 8601. */
  readonly time: () => string;
}

export function createLog({ level: initial, write, time }: LogOptions): Log {
  const shown = new Map<string, Level>();
  const loggers = new Map<string, Logger>();
  const line = (name: string, level: Level, msg: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (levels.indexOf(level) > levels.indexOf(shown.get(name)!)) return;
    write(`${JSON.stringify({ time: time(), level, logger: name, msg, ...fields }, plain)}\n`);
  };
  return {
    logger(name) {
      let logger = loggers.get(name);
      if (!logger) {
        shown.set(name, initial);
        const at = (level: Level) => (message: string, fields?: Readonly<Record<string, unknown>>) => line(name, level, message, fields);
        logger = { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
        loggers.set(name, logger);
      }
      return logger;
    },
    names: () => [...shown.keys()].sort(),
    level: (name) => shown.get(name),
    setLevel(name, level) {
      if (!shown.has(name)) return false;
      shown.set(name, level);
      return true;
    },
  };
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === "bigint" ? String(value) : value;
}
