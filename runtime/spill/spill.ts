import type { Body } from "./body.ts";
import { type LostError, orWhereLost, putRecord, recordSize, SpillFile } from "./file.ts";

/** Takes bytes that are held for long out of memory, into a file that nobody else sees. */
export interface Spill {
  /** This is going to be held: its bytes are written when the process rests. */
  add(body: Body): void;
  /** It is held no more. Whoever still has it can read it. */
  release(body: Body): void;
  /** @param live what is added and not released, in the order in which it is read most. Asked where the file is written anew. */
  join(live: () => Iterable<Body>): void;
  /** Resolves when what was added has been written, or can't be. */
  settle(): Promise<void>;
  /** Writes no more. */
  close(): void;
}

export interface SpillOptions {
  /** The name that a file has for a moment; nobody else's. */
  readonly path: string;
  readonly timer: (ms: number, run: () => void) => () => void;
  /** Told once: what comes stays in memory, and what was written comes back. */
  readonly onUnwritten: (error: Error) => void;
  /** Told once for each file: bodies in it are lost, and what comes stays in memory. */
  readonly onLost: (error: LostError) => void;
}

/** Everything stays in memory. */
export const noSpill: Spill = { add() {}, release() {}, join() {}, settle: () => Promise.resolve(), close() {} };

/** What comes rests so long, milliseconds: what changes all the time need not be written each time. */
const REST_MS = 2000;
/** As much is copied in one turn of the loop, bytes, some 0.4 ms; and so many bodies are looked at. */
const SLICE = 256 * 2 ** 10;
const LOOKED_AT = 4096;
/** A file that is no larger may be dead for the most part. */
const SMALL = 2 ** 20;
/** One that is written anew while two earlier ones are still read waits. */
const MOST_FILES = 3;

export function createSpill({ path, timer, onUnwritten, onLost }: SpillOptions): Spill {
  const lives: (() => Iterable<Body>)[] = [];
  /** In memory, to be written. */
  let fresh = new Set<Body>();
  /** Being written. */
  const onTheWay = new Set<Body>();
  let file: SpillFile | undefined;
  /** Files that somebody can still read. */
  let files = 0;
  /** The file before, while what counts in it goes over. */
  let moving: { readonly from: SpillFile; readonly bodies: Iterator<Body> } | undefined;
  let cancel: (() => void) | undefined;
  let working: Promise<void> | undefined;
  let stopped = false;

  const stop = (): void => {
    stopped = true;
    cancel?.();
    cancel = undefined;
    fresh = new Set();
    moving = undefined;
  };

  const open = (): SpillFile => {
    const opened = new SpillFile(path, {
      onLost(error) {
        stop();
        onLost(error);
      },
      onClosed() {
        files -= 1;
        later();
      },
    });
    files += 1;
    return opened;
  };

  const isSparse = (): boolean => file !== undefined && file.size() > SMALL && file.dead * 4 > file.size() && files < MOST_FILES;

  const later = (): void => {
    if (stopped || working || cancel || (fresh.size === 0 && !isSparse())) return;
    cancel = timer(REST_MS, () => {
      cancel = undefined;
      work();
    });
  };

  const takeFresh = (): readonly Body[] => {
    const taken: Body[] = [];
    let size = 0;
    for (const body of fresh) {
      if (taken.length > 0 && size + recordSize(body.length) > SLICE) break;
      taken.push(body);
      size += recordSize(body.length);
    }
    for (const body of taken) fresh.delete(body);
    return taken;
  };

  /** Undefined: there are no more. */
  const takeMoving = (): readonly Body[] | undefined => {
    const taken: Body[] = [];
    let size = 0;
    for (let looked = 0; looked < LOOKED_AT && size < SLICE; looked++) {
      const next = moving!.bodies.next();
      if (next.done) return looked > 0 ? taken : undefined;
      if (next.value.file() !== moving!.from) continue;
      taken.push(next.value);
      size += recordSize(next.value.length);
    }
    return taken;
  };

  const put = async (to: SpillFile, bodies: readonly Body[]): Promise<void> => {
    const records = Buffer.allocUnsafeSlow(bodies.reduce((size, { length }) => size + recordSize(length), 0));
    let end = 0;
    for (const body of bodies) {
      onTheWay.add(body);
      putRecord(body.bytes(), records, end);
      end += recordSize(body.length);
    }
    let start = await to.append(records);
    for (const body of bodies) {
      // One that was released meanwhile stays where it was.
      if (onTheWay.has(body)) body.moveTo(to, start);
      else to.dead += recordSize(body.length);
      start += recordSize(body.length);
    }
    onTheWay.clear();
  };

  const writeAll = async (): Promise<void> => {
    while (!stopped) {
      if (!moving && isSparse()) {
        moving = { from: file!, bodies: each(lives) };
        file = open();
      }
      const bodies = fresh.size > 0 ? takeFresh() : moving && takeMoving();
      if (bodies) {
        file ??= open();
        await put(file, bodies);
      } else if (moving) moving = undefined;
      else return;
    }
  };

  const turn = (): Promise<void> => new Promise((resolve) => void timer(0, resolve));

  /** Where there is no room it is left to what has to be there: nothing has to be in the file. */
  const takeAllBack = async (): Promise<void> => {
    let size = 0;
    for (const body of each(lives)) {
      if (!body.file()) continue;
      orWhereLost(() => body.takeBack(), undefined);
      size += body.length;
      if (size < SLICE) continue;
      size = 0;
      await turn();
    }
    file?.rest();
    file = undefined;
  };

  const work = (): Promise<void> => {
    working ??= writeAll()
      .catch((error: Error) => {
        // What is lost has been told.
        if (stopped) return undefined;
        stop();
        onUnwritten(error);
        return takeAllBack();
      })
      .then(() => {
        working = undefined;
        onTheWay.clear();
        file?.rest();
        later();
      });
    return working;
  };

  return {
    add(body) {
      if (stopped) return;
      fresh.add(body);
      later();
    },
    release(body) {
      fresh.delete(body);
      onTheWay.delete(body);
      const where = body.file();
      if (!where) return;
      where.dead += recordSize(body.length);
      later();
    },
    join: (live) => void lives.push(live),
    async settle() {
      // Who is told of the same thing adds what it accepts in this turn of the loop.
      await turn();
      if (stopped) return;
      cancel?.();
      cancel = undefined;
      await work();
    },
    close: stop,
  };
}

function* each(lives: readonly (() => Iterable<Body>)[]): Generator<Body> {
  for (const live of lives) yield* live();
}
