/** The command itself, where it can compare nothing: that is no difference. */
import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const check = suite("live check");

check("wrong usage, no objects, no daemon: exit code 2 and one line", () => {
  const objects = JSON.stringify({ items: [] });
  const rows: readonly (readonly [readonly string[], string, RegExp])[] = [
    [["--nope"], objects, /Unknown option '--nope'/],
    [["--admin", "10.0.0.1:15200"], objects, /no loopback address/],
    [[], "no JSON", /nothing was compared: .*JSON/],
    [["--admin", "unix:/nowhere.sock"], objects, /nothing was compared: .*ENOENT/],
  ];
  for (const [args, input, said] of rows) {
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "tools/live/check.ts", ...args], {
      input,
      encoding: "utf8",
    });
    assert.is(status, 2, stderr);
    assert.match(stderr, said);
    assert.is(stderr.trim().split("\n").length, 1, stderr);
  }
});

check.run();
