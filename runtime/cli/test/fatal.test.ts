/** An error that nobody caught, in a process of its own. */
import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const fatal = suite("fatal errors");

function run(program: string): { readonly code: number | null; readonly lines: readonly Readonly<Record<string, unknown>>[] } {
  const whole = `
    const { createLog, openLogOutput } = await import("./runtime/log/index.ts");
    const { endOnFatal } = await import("./runtime/cli/fatal.ts");
    const output = openLogOutput();
    endOnFatal(createLog({ level: "info", write: output.write }), output);
    setInterval(() => undefined, 1000);
    ${program}
  `;
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", whole], { encoding: "utf8" });
  return {
    code: status,
    lines: stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
  };
}

for (const [what, program] of [
  ["exception", 'setTimeout(() => { throw new Error("broken"); }, 1);'],
  ["rejection", 'setTimeout(() => void Promise.reject(new Error("broken")), 1);'],
] as const) {
  fatal(`an ${what} is logged with its stack, and ends the process with 3`, () => {
    const { code, lines } = run(program);
    assert.is(code, 3);
    assert.is(lines.length, 1);
    assert.equal([lines[0]!["level"], lines[0]!["error"]], ["error", "broken"]);
    assert.match(String(lines[0]!["stack"]), /^Error: broken\n/);
  });
}

fatal("a warning of Node.js is a line of the log", () => {
  const { code, lines } = run('process.emitWarning("a limit"); setTimeout(() => process.exit(0), 20);');
  assert.is(code, 0);
  assert.equal(
    lines.map(({ level, msg }) => [level, msg]),
    [["warn", "a limit"]],
  );
});

fatal.run();
