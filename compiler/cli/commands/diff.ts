import { parseArgs } from "node:util";
import { Collector, type Diagnostic } from "../../diag/index.ts";
import { diffModels } from "../../hir/explain/diff.ts";
import { compileTables } from "../../tables.ts";
import { type Moved, movedRequests } from "../moved.ts";
import { printJson, printText } from "../output.ts";
import { saidOnlyBy } from "../said-only-by.ts";
import { openMesh, type Session } from "../session.ts";
import { traceArgsOf } from "../trace-example.ts";
import { commonOptions, exactly } from "./common.ts";

/** `diff A B`: what changes for traffic, in words. */
export async function diff(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: commonOptions.json, "exit-code": { type: "boolean", default: false } },
  });
  const [a, b] = exactly("diff", positionals, ["A", "B"]);
  const [before, after] = [openMesh(a!), openMesh(b!)];
  const changes = diffModels(before.model, after.model);
  const moved = changes.length > 0 ? movedRequests(before.model, after.model) : [];
  const [said, saidNow] = [toldOf(before), toldOf(after)];
  const [added, removed] = [saidOnlyBy(saidNow, said), saidOnlyBy(said, saidNow)];
  const any = changes.length + added.length + removed.length > 0;
  if (values.json) printJson({ changes, moved, diagnostics: { added, removed } });
  else if (!any) printText("no difference for traffic (fields that check notes as without effect are not compared)");
  else {
    const parts = [
      changes.map((c) => `${c.kind} ${c.what} ${c.path}: ${c.message}`),
      changes.length > 0 ? movedLines(moved) : [],
      diagnosticLines("rejected, or left to a proxy, in B only:", added),
      diagnosticLines("rejected, or left to a proxy, in A only:", removed),
    ];
    printText(
      parts
        .filter((part) => part.length > 0)
        .map((part) => part.join("\n"))
        .join("\n\n"),
    );
  }
  return values["exit-code"] && any ? 1 : 0;
}

/** Of every stage. */
function toldOf({ model, diagnostics }: Session): readonly Diagnostic[] {
  const sink = new Collector();
  compileTables(model, sink);
  return [...diagnostics, ...sink.list()];
}

function diagnosticLines(title: string, diagnostics: readonly Diagnostic[]): readonly string[] {
  if (diagnostics.length === 0) return [];
  return [title, ...diagnostics.map((d) => `  ${d.severity} ${d.code} ${d.path}: ${d.message}`)];
}

const maxShown = 20;

function movedLines(moved: readonly Moved[]): readonly string[] {
  if (moved.length === 0) return ["no request of those derived from the rules is answered otherwise or goes to another cluster"];
  const more = moved.length > maxShown ? [`and ${moved.length - maxShown} more ways (--json has them all)`] : [];
  return [
    "answered otherwise, with an example each (for kmesh-compile trace A, and B):",
    ...moved.slice(0, maxShown).flatMap((m) => [`  ${m.before}`, `  -> ${m.after}`, `     ${traceArgsOf(m.example)}`]),
    ...more,
  ];
}
