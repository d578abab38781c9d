import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { shortName } from "../../../tools/docs/names.ts";
import { Collector } from "../../diag/index.ts";
import { packageRoot } from "../../package-root.ts";
import { decodeSnapshot, type XdsAny, type XdsKind, type XdsMessage, type XdsValue } from "../index.ts";
import { planOf } from "../plan/plan.ts";
import { fixturesByCode, fixturesByField } from "../support/fixtures.ts";
import { support } from "../support/index.ts";

const test = suite("fixtures of the support tables");
const folder = join(packageRoot, "fixtures");

interface Shown {
  readonly codes: ReadonlySet<string>;
  /** `Message.field` of every honoured field that is set in a resource that was taken. */
  readonly fields: ReadonlySet<string>;
}

const seen = new Map<string, Shown>();

function show(fixture: string): Shown {
  const known = seen.get(fixture);
  if (known) return known;
  const sink = new Collector({ everyNote: true });
  const snapshot = decodeSnapshot([{ name: "snapshot.json", bytes: readFileSync(join(folder, fixture, "snapshot.json")) }], sink);
  const fields = new Set<string>();
  const visit = (name: string, message: XdsMessage): void => {
    for (const field of planOf(name).fields) {
      const value = message[field.name];
      if (value === undefined) continue;
      fields.add(`${shortName(name)}.${field.name}`);
      for (const item of field.shape === "one" ? [value] : Object.values(value as readonly XdsValue[])) {
        if (field.value.kind === "message") visit(field.value.type, item as XdsMessage);
        const any = item as XdsAny;
        if (field.value.kind === "any" && any.value) visit(any.any, any.value);
      }
    }
  };
  const roots: Readonly<Record<XdsKind, string>> = {
    listener: "envoy.config.listener.v3.Listener",
    route: "envoy.config.route.v3.RouteConfiguration",
    cluster: "envoy.config.cluster.v3.Cluster",
    endpoint: "envoy.config.endpoint.v3.ClusterLoadAssignment",
  };
  for (const { kind, message } of Object.values(snapshot).flat()) visit(roots[kind as XdsKind], message);
  const shown = { codes: new Set(sink.list().map(({ code }) => code)), fields };
  seen.set(fixture, shown);
  return shown;
}

test("each code of the tables is shown by its fixture", () => {
  const codes = new Set(
    Object.values(support).flatMap((table) => Object.values(table).flatMap((e) => (e.kind === "honoured" ? [] : [e.code]))),
  );
  assert.equal(
    [...codes].filter((code) => !fixturesByCode[code]).sort(),
    [],
    "Write a fixture and name it in compiler/decode/support/fixtures.ts",
  );
  const wrong = Object.entries(fixturesByCode).filter(([code, fixture]) => !codes.has(code) || !show(fixture).codes.has(code));
  assert.equal(wrong, [], "These fixtures do not give the code that compiler/decode/support/fixtures.ts says");
});

test("each honoured field stands in the fixture that is named for it", () => {
  const wrong = Object.entries(fixturesByField).filter(([field, fixture]) => !show(fixture).fields.has(field));
  assert.equal(wrong, [], "These fixtures do not set the field that compiler/decode/support/fixtures.ts says");
});

test.run();
