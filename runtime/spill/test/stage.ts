/** A spill in a folder of its own, whose rests are short, and a look at its files from outside. */
import { fstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Body } from "../body.ts";
import { createSpill, type Spill } from "../spill.ts";

export interface Stage {
  readonly spill: Spill;
  readonly folder: string;
  /** What it told, in its order: `unwritten` or `lost`, and the message. */
  readonly told: readonly string[];
  /** Numbers of the open files. */
  files(): readonly number[];
}

export async function withSpill(action: (stage: Stage) => Promise<void>, name = "bytes"): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-spill-"));
  const told: string[] = [];
  const spill = createSpill({
    path: join(folder, name),
    timer(ms, run) {
      if (ms === 0) queueMicrotask(run);
      const timeout = ms === 0 ? undefined : setTimeout(run, 1);
      return () => clearTimeout(timeout);
    },
    onUnwritten: (error) => told.push(`unwritten ${error.message}`),
    onLost: (error) => told.push(`lost ${error.message}`),
  });
  try {
    await action({ spill, folder, told, files: () => filesIn(folder) });
  } finally {
    spill.close();
    rmSync(folder, { recursive: true });
  }
}

function filesIn(folder: string): readonly number[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${folder}/`) ? [Number(fd)] : [];
    } catch {
      // The one that reads the folder.
      return [];
    }
  });
}

export function sizeOf(fds: readonly number[]): number {
  return fds.reduce((size, fd) => size + fstatSync(fd).size, 0);
}

export async function settleMicrotasks(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
}

/** Of one length, and no two alike. */
export function bodyOf(number: number, length = 1000): Body {
  return new Body(contentOf(number, length));
}

export function contentOf(number: number, length = 1000): Buffer {
  const bytes = Buffer.alloc(length, `${number} `);
  if (length >= 8) bytes.writeDoubleLE(number, length - 8);
  return bytes;
}

/** Closes what nobody can read any more. */
export async function collect(): Promise<void> {
  setFlagsFromString("--expose-gc");
  for (let round = 0; round < 3; round++) {
    // What a function had at hand is garbage in a later turn.
    await turn();
    (runInNewContext("gc") as () => void)();
    await turn();
  }
}
