import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Diagnostic, foldPunts, renderDiagnostic, summarize } from "../index.ts";

const render = suite("render");

render("what a name holds stays in its line, and drives no terminal", () => {
  const name = 'a\n\u001b[31mred\u001b[0m\u001b]0;title\u0007 \u202eside\u2028b"';
  const diagnostic = { code: "KM1001", severity: "note", path: name, message: name, hint: name } as const;
  const escaped = 'a\\x0a\\x1b[31mred\\x1b[0m\\x1b]0;title\\x07 \\u202eside\\u2028b"';
  assert.is(renderDiagnostic(diagnostic, { colour: false }), `note KM1001 ${escaped}: ${escaped}\n  hint: ${escaped}`);
  assert.is(renderDiagnostic(diagnostic, { colour: true }), `\u001b[36mnote\u001b[0m KM1001 ${escaped}: ${escaped}\n  hint: ${escaped}`);
});

render("punts that differ in their path alone are one for people, and count each", () => {
  const at = (severity: Diagnostic["severity"], path: string, message = "m"): Diagnostic => ({ code: "KM2420", severity, path, message });
  const all = [
    at("error", "a"),
    at("error", "b"),
    at("punt", "a"),
    at("punt", "b"),
    at("punt", "c", "other"),
    at("punt", "d"),
    at("note", "a"),
  ];
  const folded = foldPunts(all);
  assert.equal(
    folded.map((d) => renderDiagnostic(d, { colour: false })),
    ["error KM2420 a: m", "error KM2420 b: m", "punt KM2420 a: m (and 2 more like it)", "punt KM2420 c: other", "note KM2420 a: m"],
  );
  assert.is(summarize(folded), summarize(all));
});

render.run();
