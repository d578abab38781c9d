/** The rule that an answer names stands in the snapshot: every xds_path leads to something there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resolveFiles } from "../compiler/cli/session.ts";
import { createInterpreter, treat } from "../compiler/hir/index.ts";
import { derivedQuestions } from "../compiler/simulate/index.ts";
import { getField, isObject, type Json, type JsonObject } from "./conformance/json-fields.ts";

const paths = suite("xDS paths of answers");

/** Of one fixture. */
const questions = 40;

const types: Readonly<Record<string, string>> = { listeners: "listener.v3.Listener", routes: "route.v3.RouteConfiguration" };

/** What a path leads to, in fields of either spelling; undefined for nothing. */
function follow(resources: readonly JsonObject[], path: string): Json | undefined {
  const steps = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([a-z_]+)/g)].map(([, name, index, field]) =>
    name !== undefined ? { name: JSON.parse(`"${name}"`) as string } : (field ?? Number(index)),
  );
  const type = types[String(steps[0])] ?? "";
  return steps.slice(1).reduce<Json | undefined>(
    (at, step) => {
      if (Array.isArray(at)) {
        if (typeof step === "object") return at.find((item) => isObject(item) && item["name"] === step.name);
        return typeof step === "number" ? at[step] : undefined;
      }
      if (!isObject(at)) return undefined;
      return typeof step === "object" ? at[step.name] : getField(at, String(step));
    },
    resources.filter((resource) => String(resource["@type"]).endsWith(type)),
  );
}

paths("of every fixture of plain resources", () => {
  let seen = 0;
  for (const name of readdirSync("fixtures")) {
    const bytes = readFileSync(join("fixtures", name, "snapshot.json"));
    // Fixtures about the forms of JSON write names and lists otherwise.
    const { resources } = (/^json-|camel-case/.test(name) ? {} : parse(bytes)) as { readonly resources?: JsonObject[] };
    if (!resources) continue;
    const { model } = resolveFiles([{ name: "snapshot.json", bytes }], {});
    const interpreter = createInterpreter(model);
    for (const question of derivedQuestions(model, questions)) {
      const { xds_path: path } = treat(model, question, interpreter.decide(question));
      if (path === undefined) continue;
      seen++;
      assert.ok(follow(resources, path) !== undefined, `${name}: ${path}`);
    }
  }
  assert.ok(seen > 10_000, `${seen} paths`);
});

/** Some fixtures are no JSON. */
function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return {};
  }
}

paths.run();
