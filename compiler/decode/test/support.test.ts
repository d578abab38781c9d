import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pages } from "../../../tools/docs/pages.ts";
import { resourceTypes } from "../../../tools/protos/roots.ts";
import { codeFiles, codes } from "../../diag/codes/index.ts";
import { packageRoot } from "../../package-root.ts";
import { loadSchema } from "../plan/schema.ts";
import { support } from "../support/index.ts";

const test = suite("support tables");
const { messages, anyTypes } = loadSchema();

/** Messages that the reader enters: from the resources and the Any types down through honoured fields. */
function entered(): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name) || name.startsWith("google.protobuf.")) return;
    seen.add(name);
    for (const [field, { type }] of Object.entries(messages.get(name)!.fields)) {
      const kind = support[name]?.[field]?.kind ?? "honoured";
      if (kind === "honoured" && messages.has(type.slice(1))) visit(type.slice(1));
    }
  };
  for (const root of [...resourceTypes, ...anyTypes]) visit(root);
  return seen;
}

test("every field that is read is classified", () => {
  const missing = [...entered()].flatMap((name) =>
    Object.keys(messages.get(name)!.fields)
      .filter((field) => !support[name]?.[field])
      .map((field) => `${name}.${field}`),
  );
  assert.equal(
    missing.sort(),
    [],
    "Name each of these fields in a group of its message in compiler/decode/support/: honoured, punt, rejected or note",
  );
});

test("what leaves traffic to a proxy, or rejects, says what to do", () => {
  const silent = Object.entries(support).flatMap(([name, table]) =>
    Object.entries(table)
      .filter(([, field]) => (field.kind === "punt" || field.kind === "error") && !/^[a-z].* /.test(field.hint))
      .map(([field]) => `${name}.${field}`),
  );
  assert.equal(silent, [], "Give punt() and rejected() a hint: what to write, or where the field can be left out");
});

test("no table names what the protos do not have", () => {
  const unknown = Object.entries(support).flatMap(([name, table]) => {
    const proto = messages.get(name);
    return proto
      ? Object.keys(table)
          .filter((field) => !proto.fields[field])
          .map((field) => `${name}.${field}`)
      : [name];
  });
  assert.equal(unknown, [], "Take these out of compiler/decode/support/, or add their protos (compiler/decode/protos/README.md)");
});

test("no table stands for a message that is never entered", () => {
  const reached = entered();
  assert.equal(
    Object.keys(support).filter((name) => !reached.has(name)),
    [],
    "These messages are only met below notes, punts and errors: take their tables out",
  );
});

test("every code of the tables is declared and explained", () => {
  const undeclared = Object.entries(support).flatMap(([name, table]) =>
    Object.entries(table).flatMap(([field, entry]) =>
      entry.kind === "honoured" || codes[entry.code] ? [] : [`${entry.code} of ${name}.${field}`],
    ),
  );
  assert.equal(undeclared, [], "Declare these codes in compiler/diag/codes/support*.ts");
});

test("a code of the tables means one severity, and every declared one is used", () => {
  const kinds = new Map<string, Set<string>>();
  for (const entry of Object.values(support).flatMap((table) => Object.values(table))) {
    if (entry.kind !== "honoured") kinds.set(entry.code, (kinds.get(entry.code) ?? new Set()).add(entry.kind));
  }
  assert.equal(
    [...kinds].filter(([, severities]) => severities.size > 1).map(([code]) => code),
    [],
    "Give each severity a code of its own",
  );
  const declared = codeFiles.filter(({ file }) => file.startsWith("support")).flatMap((entry) => Object.keys(entry.codes));
  assert.equal(
    declared.filter((code) => !kinds.has(code)),
    [],
    "Take codes that no field gives out of compiler/diag/codes/support*.ts",
  );
});

test("every file of codes is assembled, and every code has words", () => {
  const files = readdirSync(join(packageRoot, "compiler/diag/codes")).filter((file) => file.endsWith(".ts") && file !== "index.ts");
  assert.equal(codeFiles.map(({ file }) => `${file}.ts`).sort(), files.sort(), "Name the file in compiler/diag/codes/index.ts");
  for (const [code, { title, explain }] of Object.entries(codes)) {
    assert.match(code, /^KM[1-9]\d{3}$/);
    assert.ok(title.length > 3 && explain.length > 30 && explain.endsWith("."), `${code} needs a title and an explanation in sentences`);
  }
});

test("every field that control planes were seen to set is classified", () => {
  const seen = JSON.parse(readFileSync(join(packageRoot, "compiler/decode/test/fields-in-captures.json"), "utf8")) as Record<
    string,
    string[]
  >;
  const reached = entered();
  const failed = Object.entries(seen)
    .filter(([name]) => reached.has(name))
    .flatMap(([name, paths]) => paths.filter((path) => !isClassified(name, path.split("."))).map((path) => `${name}: ${path}`));
  assert.equal(failed, [], "Classify these fields in compiler/decode/support/");
});

/** Follows `path` through honoured fields; the first of another class decides for all below it. */
function isClassified(name: string, [field, ...rest]: readonly string[]): boolean {
  const entry = support[name]?.[field!];
  const declared = messages.get(name)?.fields[field!];
  if (!entry || !declared) return false;
  const type = declared.type.slice(1);
  if (entry.kind !== "honoured" || rest.length === 0 || type.startsWith("google.protobuf.")) return true;
  return isClassified(type, rest);
}

test("docs are fresh", () => {
  for (const { file, text } of pages()) {
    assert.ok(
      readFileSync(join(packageRoot, file), "utf8") === text,
      `${file} is not what the declarations give: run make generate and commit it`,
    );
  }
});

test.run();
