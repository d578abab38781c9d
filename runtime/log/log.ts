import pino from "pino";

/** From rare to chatty: a level shows its own lines and those before it. */
export const levels = ["error", "warn", "info", "debug"] as const;
export type Level = (typeof levels)[number];

export function isLevel(text: string): text is Level {
  return (levels as readonly string[]).includes(text);
}

/** Writes lines of one logger. `fields` stand beside `time`, `level`, `logger` and `msg`; an Error becomes its message. */
export type Logger = Readonly<Record<Level, (message: string, fields?: Readonly<Record<string, unknown>>) => void>>;

/** The name that stands for all loggers at once, and for those that are made later. */
const allLoggers = "default";

/** All loggers of a process. */
export interface Log {
  /** The same logger for the same name. */
  logger(name: string): Logger;
  /** `default` first, then the others in order. */
  names(): readonly string[];
  level(name: string): Level | undefined;
  /** False: there is no logger of this name. `default` sets all. */
  setLevel(name: string, level: Level): boolean;
}

export interface LogOptions {
  /** Of every logger until it is changed. */
  readonly level: Level;
  /** Gets whole lines, each with its newline. */
  readonly write: (line: string) => void;
  /** ISO 8601; default: the time of the machine. */
  readonly time?: () => string;
}

/** Lines by pino: one JSON object each, whatever is in the fields (cycles, hostile texts). */
export function createLog({ level: initial, write, time = () => new Date().toISOString() }: LogOptions): Log {
  let common = initial;
  const root = pino(
    {
      base: null,
      timestamp: () => `,"time":"${time()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write },
  );
  const loggers = new Map<string, { readonly lines: pino.Logger; readonly logger: Logger }>();
  return {
    logger(name) {
      let made = loggers.get(name);
      if (!made) {
        const lines = root.child({ logger: name }, { level: common });
        made = { lines, logger: loggerOf(lines) };
        loggers.set(name, made);
      }
      return made.logger;
    },
    names: () => [allLoggers, ...[...loggers.keys()].sort()],
    level: (name) => (name === allLoggers ? common : (loggers.get(name)?.lines.level as Level | undefined)),
    setLevel(name, level) {
      if (name === allLoggers) {
        common = level;
        for (const { lines } of loggers.values()) lines.level = level;
        return true;
      }
      const found = loggers.get(name);
      if (found) found.lines.level = level;
      return found !== undefined;
    },
  };
}

function loggerOf(lines: pino.Logger): Logger {
  const at = (level: Level) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    if (fields === undefined) lines[level](message);
    else if (lines.isLevelEnabled(level)) lines[level](plain(fields), message);
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

/** Of a list the first items, of a text the first characters: fields may hold whatever a control plane sent, by the hundred thousand. */
const MAX_ITEMS = 20;
const MAX_TEXT = 8192;
/** Deeper objects are left to pino, which knows cycles. */
const DEPTH = 3;

function plain(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value, depth)]));
}

function plainValue(value: unknown, depth: number): unknown {
  if (value instanceof Error) return plainValue(value.message, depth);
  // As text: readers of JSON round 64-bit numbers.
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return value.length <= MAX_TEXT ? value : `${value.slice(0, MAX_TEXT)}... (${value.length} characters)`;
  if (typeof value !== "object" || value === null || depth === DEPTH) return value;
  if (!Array.isArray(value)) return plain(value as Readonly<Record<string, unknown>>, depth + 1);
  const shown = value.slice(0, MAX_ITEMS).map((item) => plainValue(item, depth + 1));
  return value.length <= MAX_ITEMS ? shown : [...shown, `and ${value.length - MAX_ITEMS} more`];
}
