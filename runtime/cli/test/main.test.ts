/** What kmesh-daemon and kmeshctl do with their arguments before a command runs. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { catchWrites } from "../../../test/catch-writes.ts";
import { apply, detachCommand } from "../apply.ts";
import { exit, type Program, runProgram } from "../main.ts";

const main = suite("runtime arguments");

const program: Program = {
  name: "kmeshctl",
  help: "all\n",
  helpOf: { status: "of status\n" },
  commands: { status: async () => async () => exit.rejected, log: async () => async () => exit.fine },
};

interface Ran {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

async function ran(...args: string[]): Promise<Ran> {
  const [out, err] = [catchWrites(process.stdout), catchWrites(process.stderr)];
  try {
    await runProgram(program, args);
    return { code: process.exitCode, out: out.text(), err: err.text() };
  } finally {
    out.end();
    err.end();
    process.exitCode = undefined;
  }
}

main("help, of all and of one; a word that is no command has none", async () => {
  for (const args of [["--help"], ["-h"], ["help"], ["log", "--help"], ["help", "log"]])
    assert.equal(await ran(...args), { code: 0, out: "all\n", err: "" }, args.join(" "));
  for (const args of [
    ["status", "--help"],
    ["status", "-o", "json", "-h"],
    ["help", "status"],
  ])
    assert.equal(await ran(...args), { code: 0, out: "of status\n", err: "" }, args.join(" "));
  assert.equal(await ran(), { code: 2, out: "all\n", err: "" });
  for (const args of [["frob"], ["frob", "--help"], ["help", "frob"], ["constructor"]]) {
    const { code, out, err } = await ran(...args);
    assert.equal([code, out], [2, ""], args.join(" "));
    assert.match(err, /^kmeshctl: unknown command "(frob|constructor)"; the commands are status, log\nTry: kmeshctl --help\n$/);
  }
});

main("options before the command are told as such", async () => {
  const { code, err } = await ran("--admin", "127.0.0.1:1", "status");
  assert.is(code, 2);
  assert.match(err, /^kmeshctl: --admin stands before the command; the command comes first: one of status, log\n/);
});

main("an option without a value is wrong usage, as an unset variable leaves it", async () => {
  for (const command of [() => apply(["bundle", "--cgroup", ""]), () => apply(["bundle", "--pin="]), () => detachCommand(["--pin", ""])]) {
    const said = await command().then(
      () => "",
      (error: Error) => `${error.name}: ${error.message}`,
    );
    assert.match(said, /^UsageError: --(cgroup|pin) is given without a value$/);
  }
});

main.run();
