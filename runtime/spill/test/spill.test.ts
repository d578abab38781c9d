import { execFileSync } from "node:child_process";
import { fstatSync, readdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Body } from "../body.ts";
import { LostError } from "../file.ts";
import { noSpill } from "../spill.ts";
import { bodyOf, collect, contentOf, settleMicrotasks, sizeOf, withSpill } from "./stage.ts";

const spilled = suite("spill");

/** No file may be larger meanwhile. */
async function limited(bytes: number, action: () => Promise<void>): Promise<void> {
  const limit = (to: string): void => void execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${to}:`]);
  limit(String(bytes));
  try {
    await action();
  } finally {
    limit("unlimited");
  }
}

const inFile = (body: Body): boolean => body.file() !== undefined;

spilled("bytes go to a file without a name, for this user alone, and are read back", () =>
  withSpill(async ({ spill, folder, told, files }) => {
    writeFileSync(join(folder, "bytes"), "of an earlier process");
    const bodies = [0, 1, 1000, 300_000, 4].map((length, number) => bodyOf(number, length));
    for (const body of bodies) spill.add(body);
    assert.equal(files(), [], "not before it rests");
    await spill.settle();
    assert.ok(bodies.every(inFile));
    assert.equal(
      bodies.map((body) => body.bytes()),
      [0, 1, 1000, 300_000, 4].map((length, number) => contentOf(number, length)),
    );
    assert.equal(readdirSync(folder), []);
    assert.is(files().length, 1);
    assert.match(readlinkSync(`/proc/self/fd/${files()[0]}`), /deleted/);
    assert.is(fstatSync(files()[0]!).mode & 0o777, 0o600);
    assert.equal(told, []);
  }),
);

spilled("what comes later goes there after a while, by itself", () =>
  withSpill(async ({ spill }) => {
    const body = bodyOf(1);
    spill.add(body);
    while (!inFile(body)) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(body.bytes(), contentOf(1));
  }),
);

spilled("compared where it lies: with a whole and with a part of a text", () =>
  withSpill(async ({ spill }) => {
    const body = bodyOf(7, 100);
    const text = Buffer.concat([Buffer.from("head"), contentOf(7, 100), Buffer.from("tail")]);
    const check = (): void => {
      assert.ok(body.equals(contentOf(7, 100)));
      assert.not(body.equals(contentOf(8, 100)));
      assert.not(body.equals(contentOf(7, 101)));
      assert.ok(body.standsIn(text, 4));
      assert.not(body.standsIn(text, 5));
      assert.not(body.standsIn(text, 9), "past its end");
    };
    check();
    spill.add(body);
    await spill.settle();
    assert.ok(inFile(body));
    check();
  }),
);

spilled("what is released before it is written is not written", () =>
  withSpill(async ({ spill, files }) => {
    const [kept, gone] = [bodyOf(1), bodyOf(2)];
    spill.add(gone);
    spill.add(kept);
    spill.release(gone);
    await spill.settle();
    assert.equal([inFile(kept), inFile(gone)], [true, false]);
    assert.is(sizeOf(files()), 1004);
    assert.equal(gone.bytes(), contentOf(2), "who has it can read it");
  }),
);

spilled("what is released while it is written, or behind that, counts as dead, and can be read by who has it", () =>
  withSpill(async ({ spill, files }) => {
    const bodies = Array.from({ length: 9 }, (_, number) => bodyOf(number, 200_000));
    const held = new Set(bodies);
    spill.join(() => held);
    const release = (body: Body): void => {
      held.delete(body);
      spill.release(body);
    };
    for (const body of bodies) spill.add(body);
    const settled = spill.settle();
    // The first write begins, and ends in a later turn of the loop.
    await settleMicrotasks();
    assert.equal([files().length, inFile(bodies[0]!)], [1, false]);
    release(bodies[0]!);
    await settled;
    assert.equal([inFile(bodies[0]!), sizeOf(files())], [false, 9 * 200_004]);
    assert.equal(bodies[0]!.bytes(), contentOf(0, 200_000));
    for (const body of bodies.slice(1, 3)) release(body);
    await spill.settle();
    await collect();
    assert.equal(
      files()
        .map((fd) => sizeOf([fd]))
        .sort(),
      [6 * 200_004, 9 * 200_004],
      "three of nine are more than a quarter",
    );
    assert.ok(bodies.every((body, number) => body.bytes().equals(contentOf(number, 200_000))));
  }),
);

spilled("a disk that is full in the middle: all is in memory, its room is left to others, and it is told once", () =>
  withSpill(async ({ spill, told, files }) => {
    const bodies = Array.from({ length: 1000 }, (_, number) => bodyOf(number));
    const gone = bodies.splice(0, 1);
    spill.join(() => bodies);
    for (const body of [...gone, ...bodies]) spill.add(body);
    await limited(400_000, spill.settle);
    assert.equal(told, ["unwritten EFBIG: file too large, write"]);
    assert.equal([gone.every(inFile), bodies.some(inFile)], [true, false], "what nobody needs is not read");
    assert.ok([...gone, ...bodies].every((body, number) => body.bytes().equals(contentOf(number))));
    gone.pop();
    await collect();
    assert.equal(files(), []);
    const later = bodyOf(5000);
    spill.add(later);
    await spill.settle();
    assert.not(inFile(later));
    assert.is(told.length, 1);
  }),
);

spilled("a disk that is full and can't be read: both are told once", () =>
  withSpill(async ({ spill, told, files }) => {
    const bodies = Array.from({ length: 1000 }, (_, number) => bodyOf(number));
    spill.join(() => bodies);
    for (const body of bodies.slice(0, 500)) spill.add(body);
    await spill.settle();
    truncateSync(`/proc/self/fd/${files()[0]}`);
    for (const body of bodies.slice(500)) spill.add(body);
    await limited(400_000, spill.settle);
    assert.equal(
      told.map((text) => text.slice(0, 12)),
      ["unwritten EF", "lost the fil"],
    );
    assert.equal(
      bodies.map((body) => body.isLost()),
      bodies.map((_, number) => number < 500),
    );
  }),
);

spilled("a folder that can't be written", () =>
  withSpill(async ({ spill, told }) => {
    const body = bodyOf(1);
    spill.add(body);
    await spill.settle();
    assert.match(told.join(), /^unwritten ENOENT/);
    assert.equal(body.bytes(), contentOf(1));
  }, "none/bytes"),
);

spilled("a file that was cut: what is in it is lost, and told once; what comes stays in memory", () =>
  withSpill(async ({ spill, told, files }) => {
    const bodies = Array.from({ length: 10 }, (_, number) => bodyOf(number));
    for (const body of bodies) spill.add(body);
    await spill.settle();
    truncateSync(`/proc/self/fd/${files()[0]}`, 5500);
    assert.throws(
      () => bodies[5]!.bytes(),
      (error: unknown) => error instanceof LostError && /ends at byte 5500/.test(error.message),
    );
    assert.throws(() => bodies[0]!.bytes(), "also what may be whole");
    assert.ok(bodies.every((body) => body.isLost()));
    assert.not(bodies[0]!.equals(contentOf(0)));
    assert.is(told.length, 1);
    const later = bodyOf(11);
    spill.add(later);
    await spill.settle();
    assert.equal([inFile(later), later.isLost()], [false, false]);
  }),
);

spilled("a file that was cut is found out while it is written anew, too", () =>
  withSpill(async ({ spill, told, files }) => {
    const held = Array.from({ length: 2000 }, (_, number) => bodyOf(number));
    spill.join(() => held);
    for (const body of held) spill.add(body);
    await spill.settle();
    truncateSync(`/proc/self/fd/${files()[0]}`, 1_800_000);
    for (const body of held.splice(0, 600)) spill.release(body);
    await spill.settle();
    assert.equal([told.length, told[0]?.startsWith("lost the file ends at byte 1800000")], [1, true]);
    const lost = held.filter((body) => body.isLost()).length;
    assert.ok(lost > 200 && lost < 600, `${lost} are lost; what went over is not`);
    assert.ok(held.every((body, at) => body.isLost() || body.bytes().equals(contentOf(at + 600))));
  }),
);

spilled("a file that was cut is found out by a comparison, too", () =>
  withSpill(async ({ spill, told, files }) => {
    const body = bodyOf(1);
    spill.add(body);
    await spill.settle();
    truncateSync(`/proc/self/fd/${files()[0]}`, 10);
    assert.not(body.equals(contentOf(1)));
    assert.is(told.length, 1);
  }),
);

spilled("other bytes than were written are never given", () =>
  withSpill(async ({ spill, told, files }) => {
    const body = bodyOf(1);
    spill.add(body);
    await spill.settle();
    writeFileSync(`/proc/self/fd/${files()[0]}`, "x", { flag: "r+" });
    assert.not(body.equals(contentOf(1)));
    assert.throws(() => body.bytes(), /others than were written/);
    assert.is(told.length, 1);
  }),
);

spilled("with changes for a long time, the file stays small, and what is held is right", () =>
  withSpill(async ({ spill, told, files }) => {
    const held = new Map<number, { readonly number: number; readonly body: Body }>();
    spill.join(() => [...held.values()].map(({ body }) => body));
    let number = 0;
    // A function of its own: what it had at hand is garbage behind it.
    const change = (key: number): void => {
      const before = held.get(key);
      if (before) spill.release(before.body);
      const body = bodyOf(++number);
      held.set(key, { number, body });
      spill.add(body);
    };
    for (let key = 0; key < 2000; key++) change(key);
    let largest = 0;
    for (let round = 0; round < 300; round++) {
      for (let i = 0; i < 100; i++) change((number * 7919) % 2000);
      await spill.settle();
      if (round % 20 === 0) await collect();
      largest = Math.max(largest, sizeOf(files()));
    }
    await collect();
    // Where a file has been closed another may be written.
    await spill.settle();
    await collect();
    assert.is(files().length, 1);
    const live = held.size * 1004;
    assert.ok(sizeOf(files()) <= (live * 4) / 3 + 100 * 1004, `${sizeOf(files())} bytes for ${live}`);
    assert.ok(largest < 6 * live, `${largest} bytes for ${live}`);
    for (const { number: written, body } of held.values()) {
      assert.ok(inFile(body));
      assert.equal(body.bytes(), contentOf(written));
    }
    assert.equal(told, []);
  }),
);

spilled("who has a body of a file that was written anew can read it", () =>
  withSpill(async ({ spill, files }) => {
    const held = new Set(Array.from({ length: 2000 }, (_, number) => bodyOf(number)));
    spill.join(() => held);
    for (const body of held) spill.add(body);
    await spill.settle();
    let gone: Body[] = [];
    const release = (): void => {
      gone = [...held].slice(0, 600);
      for (const body of gone) {
        spill.release(body);
        held.delete(body);
      }
    };
    release();
    await spill.settle();
    await collect();
    assert.is(files().length, 2);
    assert.ok(gone.every((body, at) => body.bytes().equals(contentOf(at))));
    assert.ok([...held].every((body, at) => body.bytes().equals(contentOf(at + 600))));
    gone = [];
    await collect();
    assert.is(files().length, 1);
    assert.is(sizeOf(files()), held.size * 1004);
  }),
);

spilled("read in the order of the file, it takes few calls; now and then elsewhere, one more each", () =>
  withSpill(async ({ spill }) => {
    const held = Array.from({ length: 4000 }, (_, number) => bodyOf(number));
    const texts = held.map((_, number) => contentOf(number));
    for (const body of held) spill.add(body);
    await spill.settle();
    const calls = (look: () => void): number => {
      const count = (): number => Number(/syscr: (\d+)/.exec(readFileSync("/proc/self/io", "latin1"))![1]);
      const before = count();
      look();
      return count() - before;
    };
    const own = calls(() => {});
    const inOrder = calls(() => assert.ok(held.every((body, at) => body.equals(texts[at]!)))) - own;
    assert.ok(inOrder < 50, `${inOrder} calls for 4 MB`);
    const elsewhere = calls(() => {
      for (let at = 0; at < 3000; at++) {
        assert.ok(held[at]!.equals(texts[at]!));
        if (at % 100 === 0) assert.ok(held[3999 - at / 100]!.equals(texts[3999 - at / 100]!));
      }
    });
    assert.ok(elsewhere - own < 90, `${elsewhere - own} calls`);
    assert.is(calls(() => held[1234]!.bytes()) - own, 1);
  }),
);

spilled("where there is none everything stays in memory", async () => {
  const body = bodyOf(1);
  noSpill.add(body);
  await noSpill.settle();
  noSpill.release(body);
  assert.not(inFile(body));
});

spilled.run();
