import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LogEntry } from "../../../compiler/bundle/format.ts";
import { createLog } from "../../log/index.ts";
import { followProgramLog } from "../program-log.ts";

const test = suite("programs' log");

const entry: LogEntry = { level: "info", reason: "forwarded", time: 1n, family: 4, to: "10.0.0.1:80", pid: 7, cgroup: 9n };

function following(read: () => { readonly entries: readonly LogEntry[]; readonly dropped: number }) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: "error", write: (line) => void lines.push(JSON.parse(line)), time: () => "" });
  let next: (() => void) | undefined;
  const timer = (_ms: number, run: () => void) => {
    next = run;
    return () => {
      next = undefined;
    };
  };
  const stop = followProgramLog({ read }, log, timer);
  return { lines, pass: () => next?.(), waits: () => next !== undefined, stop };
}

test("entries are lines of their level, whatever the daemon's own level is", () => {
  const { lines, pass, waits, stop } = following(() => ({ entries: [entry], dropped: 0 }));
  pass();
  assert.equal(lines, [
    { level: "info", time: "", logger: "bpf", bootNs: "1", family: 4, to: "10.0.0.1:80", pid: 7, cgroup: "9", msg: "forwarded" },
  ]);
  stop();
  assert.not.ok(waits());
});

test("a flood is a bounded number of lines, and one that counts the rest", () => {
  const { lines, pass } = following(() => ({ entries: Array.from({ length: 250 }, () => entry), dropped: 3 }));
  pass();
  assert.is(lines.length, 101);
  assert.equal([lines[100]!["level"], lines[100]!["dropped"]], ["warn", 153]);
});

test("a failure is told, and the next look is made", () => {
  let broken = true;
  const { lines, pass } = following(() => {
    if (broken) throw new Error("gone");
    return { entries: [entry], dropped: 0 };
  });
  pass();
  broken = false;
  pass();
  assert.equal(
    lines.map(({ level, msg }) => [level, msg]),
    [
      ["error", "the programs' log could not be read"],
      ["info", "forwarded"],
    ],
  );
});

test.run();
