/** An example that diff prints is what `trace` takes from a shell. */
import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseQuestion, type Question } from "../../hir/index.ts";
import { parseTraceArgs } from "../commands/trace-args.ts";
import { traceArgsOf } from "../trace-example.ts";

const examples = suite("trace examples");

/** Through a real shell, and the command's own reader of arguments. */
function readBack(args: string): Readonly<Record<string, unknown>> {
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\0' ${args}`], { encoding: "utf8" });
  return parseTraceArgs(["snapshot.json", ...stdout.split("\0").slice(0, -1)]).question;
}

function parsed(question: unknown): Question {
  const result = parseQuestion(question);
  if (result.kind === "error") throw new Error(result.message);
  return result.question;
}

const cases: readonly (readonly [question: object, args: string])[] = [
  [{ to: "10.0.0.1:80" }, "--to 10.0.0.1:80"],
  [{ to: "[::1]:80", from: "[::2]:1" }, "--to [::1]:80 --from [::2]:1"],
  [
    { to: "10.0.0.1:80", head: "GET /a?b=c&d HTTP/1.1\r\nHost: a.com\r\nx-a: it's\r\n\r\n" },
    "--to 10.0.0.1:80 --request 'GET /a?b=c&d' --host a.com -H 'x-a: it'\\''s'",
  ],
  [{ to: "10.0.0.1:80", head: "GET / HTTP/1.0\r\n\r\n" }, "--to 10.0.0.1:80 --head 'GET / HTTP/1.0\\r\\n\\r\\n'"],
  [{ to: "10.0.0.1:80", head: "\\x \u00e9\u0000\u0001'\t\n" }, "--to 10.0.0.1:80 --head '\\\\x \\xe9\\x00\\x01'\\''\\t\\n'"],
  [
    { to: "10.0.0.1:80", head: "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
    "--to 10.0.0.1:80 --head 'GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n'",
  ],
  [{ to: "10.0.0.1:443", tls: { sni: "a.com", alpn: ["h2", "http/1.1"] } }, "--to 10.0.0.1:443 --sni a.com --alpn h2,http/1.1"],
  [{ to: "10.0.0.1:443", tls: { alpn: [] } }, "--to 10.0.0.1:443 --alpn ''"],
];

examples("asked again, they are the same question", () => {
  for (const [question, args] of cases) {
    const line = JSON.stringify(question);
    assert.is(traceArgsOf(line), args, line);
    assert.equal(parsed(readBack(args)), parsed(question), line);
  }
});

examples.run();
