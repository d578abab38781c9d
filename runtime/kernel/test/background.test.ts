import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { keepOthersInBackground } from "../index.ts";

const background = suite("background");

/** proc(5): field 41 of a thread's stat, counted from behind the name, which may hold spaces. */
function policyOf(thread: number): string {
  const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[38]!;
}

background("all threads but the first wait for their turn", () => {
  const others = readdirSync("/proc/self/task")
    .map(Number)
    .filter((thread) => thread !== process.pid);
  assert.ok(others.length >= 4, "V8 has threads of its own");
  assert.ok(
    others.every((thread) => policyOf(thread) === "0"),
    "SCHED_OTHER",
  );
  keepOthersInBackground();
  assert.ok(
    others.every((thread) => policyOf(thread) === "3"),
    "SCHED_BATCH",
  );
  assert.is(policyOf(process.pid), "0");
});

background.run();
