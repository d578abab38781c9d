import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLog } from "../index.ts";

const log = suite("log");

function recorded(): { readonly lines: string[]; readonly all: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  return { lines, all: createLog({ level: "info", write: (line) => lines.push(line), time: () => "2024-01-01T00:00:00.000Z" }) };
}

log("one JSON object a line, whatever is in it", () => {
  const { lines, all } = recorded();
  all.logger("xds").warn("a\nb", { names: ["c"], error: new Error("no"), big: 5n });
  assert.is(lines.length, 1);
  assert.is(lines[0]!.indexOf("\n"), lines[0]!.length - 1);
  assert.equal(JSON.parse(lines[0]!), {
    time: "2024-01-01T00:00:00.000Z",
    level: "warn",
    logger: "xds",
    msg: "a\nb",
    names: ["c"],
    error: "no",
    big: "5",
  });
});

log("levels of one logger change while it is in use", () => {
  const { lines, all } = recorded();
  const [a, b] = [all.logger("a"), all.logger("b")];
  a.debug("hidden");
  assert.ok(all.setLevel("a", "debug"));
  a.debug("shown");
  b.debug("hidden");
  assert.ok(all.setLevel("b", "error"));
  b.warn("hidden");
  assert.equal(
    lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    ["shown"],
  );
  assert.equal(all.names(), ["a", "b"]);
  assert.not(all.setLevel("c", "info"));
});

log.run();
