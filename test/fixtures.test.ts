/**
 * Every fixture through our own engines: case.json's expectation (a rejection is at least one error), and every row of traffic.json.
 * The reference interpreter and the generated C must give the same answer; both are asked where the generated C is there.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createAsker, type EngineName } from "../compiler/cli/asker.ts";
import { openSession } from "../compiler/cli/session.ts";
import { Collector } from "../compiler/diag/index.ts";
import { parseQuestion } from "../compiler/hir/index.ts";
import { compileModel } from "../compiler/index.ts";
import { compareAnswer } from "./conformance/compare-answer.ts";
import { listFixtures, readFixture } from "./conformance/fixture.ts";

const folder = "fixtures";
const engine: EngineName = existsSync("compiler/simulate/index.ts") ? "both" : "hir";
const fixtures = suite("fixtures");
let rows = 0;

for (const name of listFixtures(folder)) {
  fixtures(name, async () => {
    const fixture = readFixture(folder, name);
    const session = openSession(join(folder, name, "snapshot.json"));
    const { model, diagnostics } = session;
    const sink = new Collector();
    compileModel(model, sink);
    const errors = [...diagnostics, ...sink.list()].filter(({ severity }) => severity === "error");
    const said = errors.map(({ code, path, message }) => `${code} ${path}: ${message}`).join("; ");
    assert.is(errors.length > 0 ? "reject" : "ok", fixture.case.expect, `${fixture.case.about}: ${said || "no error"}`);
    if (fixture.rows.length === 0) return;
    const asker = await createAsker(session, engine);
    const wrong = fixture.rows.flatMap((row, i) => {
      rows += 1;
      const parsed = parseQuestion(row);
      const message = parsed.kind === "error" ? parsed.message : compareAnswer(row, asker.ask(parsed.question));
      return message === undefined ? [] : [`row ${i + 1}${row.about === undefined ? "" : ` (${row.about})`}: ${message}`];
    });
    assert.equal(wrong, []);
  });
}

fixtures.after(() => console.log(`MEASURED ${rows} rows by the engine ${engine}`));

fixtures.run();
