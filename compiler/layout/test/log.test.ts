import { suite } from "uvu";
import * as assert from "uvu/assert";
import { logLevels, reasonLevels } from "../../lir/log-levels.ts";
import { reasons } from "../../lir/verdict.ts";
import { LogRecord } from "../gen/records.ts";
import { logLevelOf, logWord, readLogEntry } from "../log.ts";

const test = suite("layout log");

test("a level's word has its reasons and those of the levels before it", () => {
  for (const [rank, level] of logLevels.entries()) {
    assert.is(logLevelOf(logWord(level)), level);
    for (const [name, reason] of Object.entries(reasons)) {
      const wanted = logLevels.indexOf(reasonLevels[name as keyof typeof reasons]) <= rank;
      assert.is((logWord(level) >> BigInt(reason)) & 1n, wanted ? 1n : 0n, `${name} at ${level}`);
    }
  }
  assert.is(logLevelOf(0n), "error", "a map that nobody wrote to");
  assert.is(logLevelOf(0xffn << 56n), "debug", "a level of a later version");
  assert.ok(Math.max(...Object.values(reasons)) < 48, "the level's bits are above");
});

test("records in words; what is none is nothing", () => {
  const ip = new Uint8Array(16).fill(255, 10, 12);
  ip.set([10, 0, 0, 1], 12);
  const six = new Uint8Array(16);
  six[15] = 1;
  const record = {
    time: 5n,
    cgroup: 6n,
    original: ip,
    chosen: six,
    originalPort: 80,
    chosenPort: 8080,
    pid: 7,
    family: 6,
    pad0: 0,
    pad1: 0,
  };
  const bytes = (reason: number): Uint8Array => {
    const out = new Uint8Array(LogRecord.size);
    LogRecord.write(new DataView(out.buffer), 0, { ...record, reason });
    return out;
  };
  const common = { time: 5n, family: 6, to: "10.0.0.1:80", pid: 7, cgroup: 6n };
  assert.equal(readLogEntry(bytes(reasons.FORWARDED)), { ...common, level: "info", reason: "forwarded", endpoint: "[::1]:8080" });
  assert.equal(readLogEntry(bytes(reasons.NO_ENDPOINT)), { ...common, level: "warn", reason: "no_endpoint" });
  assert.is(readLogEntry(bytes(200)), undefined);
  assert.is(readLogEntry(bytes(1).subarray(8)), undefined);
});

test.run();
