import { formatSocket, ipText } from "../lir/ip.ts";
import { type LogLevel, logLevels, reasonLevels } from "../lir/log-levels.ts";
import { type Reason, reasons } from "../lir/verdict.ts";
import { LogRecord } from "./gen/records.ts";

/** Control.logWanted of a level. */
export function logWord(level: LogLevel): bigint {
  const rank = logLevels.indexOf(level);
  let word = BigInt(rank) << 56n;
  for (const [name, reason] of Object.entries(reasons)) {
    if (logLevels.indexOf(reasonLevels[name as keyof typeof reasons]) <= rank) word |= 1n << BigInt(reason);
  }
  return word;
}

/** The level of a Control.logWanted; the chattiest for one that a later version added. */
export function logLevelOf(word: bigint): LogLevel {
  return logLevels[Number(word >> 56n)] ?? "debug";
}

/** An entry of km_log in words. */
export interface LogEntry {
  readonly level: LogLevel;
  /** Lower case: `forwarded`. */
  readonly reason: string;
  /** Nanoseconds since boot. */
  readonly time: bigint;
  readonly family: number;
  /** `10.0.0.1:80`, `[::1]:80`. */
  readonly to: string;
  /** Where it went instead, if it was forwarded. */
  readonly endpoint?: string;
  readonly pid: number;
  /** Inode of the cgroup's folder. */
  readonly cgroup: bigint;
}

/** Undefined: no record, but something that another version wrote. */
export function readLogEntry(bytes: Uint8Array): LogEntry | undefined {
  if (bytes.length < LogRecord.size) return undefined;
  const record = LogRecord.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
  const name = reasonNames.get(record.reason as Reason);
  if (name === undefined) return undefined;
  const { time, family, pid, cgroup } = record;
  return {
    level: reasonLevels[name],
    reason: name.toLowerCase(),
    time,
    family,
    to: socketText(record.original, record.originalPort),
    ...(record.reason === reasons.FORWARDED ? { endpoint: socketText(record.chosen, record.chosenPort) } : {}),
    pid,
    cgroup,
  };
}

const reasonNames = new Map(Object.entries(reasons).map(([name, reason]) => [reason, name as keyof typeof reasons]));

function socketText(ip: Uint8Array, port: number): string {
  const mapped = ip.subarray(0, 10).every((byte) => byte === 0) && ip[10] === 0xff && ip[11] === 0xff;
  return formatSocket(ipText(mapped ? ip.subarray(12) : ip), port);
}
