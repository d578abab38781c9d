import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resourceTypes } from "../../../tools/protos/roots.ts";
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

test.run();
