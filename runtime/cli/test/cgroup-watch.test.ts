/** A cgroup that goes and comes, as the daemon sees it. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLog } from "../../log/index.ts";
import { watchCgroup } from "../cgroup-watch.ts";

const watch = suite("cgroup watch");

watch("told once when it is gone; applied once more for each folder that comes", () => {
  const parent = mkdtempSync(join(tmpdir(), "kmesh-cgroup-"));
  const cgroup = join(parent, "slice");
  const lines: string[] = [];
  let isGone = false;
  let retries = 0;
  let next: (() => void) | undefined;
  const stop = watchCgroup({
    cgroup,
    isGone: () => isGone,
    retry: () => retries++,
    log: createLog({ level: "info", write: (line) => lines.push((JSON.parse(line) as { msg: string }).msg) }).logger("daemon"),
    timer(_ms, run) {
      next = run;
      return () => {
        next = undefined;
      };
    },
  });
  const look = (): void => next!();
  look();
  assert.equal([lines, retries], [[], 0]);
  isGone = true;
  look();
  look();
  assert.equal([lines, retries], [["the cgroup was removed: nobody is steered until it is there again"], 0]);
  mkdirSync(cgroup);
  look();
  look();
  assert.equal([lines.length, retries], [2, 1], "what fails is tried again by others");
  isGone = false;
  look();
  isGone = true;
  look();
  assert.equal([lines.length, retries], [4, 2]);
  stop();
  assert.is(next, undefined);
  rmSync(parent, { recursive: true });
});

watch.run();
