import { suite } from "uvu";
import * as assert from "uvu/assert";
import { renderDiagnostic } from "../index.ts";

const render = suite("render");

render("what a name holds stays in its line, and drives no terminal", () => {
  const name = 'a\n\u001b[31mred\u001b[0m\u001b]0;title\u0007 \u202eside\u2028b"';
  const diagnostic = { code: "KM1001", severity: "note", path: name, message: name, hint: name } as const;
  const escaped = 'a\\x0a\\x1b[31mred\\x1b[0m\\x1b]0;title\\x07 \\u202eside\\u2028b"';
  assert.is(renderDiagnostic(diagnostic, { colour: false }), `note KM1001 ${escaped}: ${escaped}\n  hint: ${escaped}`);
  assert.is(renderDiagnostic(diagnostic, { colour: true }), `\u001b[36mnote\u001b[0m KM1001 ${escaped}: ${escaped}\n  hint: ${escaped}`);
});

render.run();
