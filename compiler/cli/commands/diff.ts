import { parseArgs } from "node:util";
import { diffModels } from "../../hir/explain/diff.ts";
import { type Moved, movedRequests } from "../moved.ts";
import { printJson, printText } from "../output.ts";
import { openSession } from "../session.ts";
import { commonOptions, exactly } from "./common.ts";

/** `diff A B`: what changes for traffic, in words. */
export async function diff(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: commonOptions.json, "exit-code": { type: "boolean", default: false } },
  });
  const [a, b] = exactly("diff", positionals, ["A", "B"]);
  const [before, after] = [openSession(a!).model, openSession(b!).model];
  const changes = diffModels(before, after);
  const moved = changes.length > 0 ? movedRequests(before, after) : [];
  if (values.json) printJson({ changes, moved });
  else if (changes.length === 0) printText("no difference for traffic");
  else printText([...changes.map((c) => `${c.kind} ${c.what} ${c.path}: ${c.message}`), ...movedLines(moved)].join("\n"));
  return values["exit-code"] && changes.length > 0 ? 1 : 0;
}

const maxShown = 20;

function movedLines(moved: readonly Moved[]): string[] {
  if (moved.length === 0) return ["no request derived from the rules is answered otherwise or goes to another cluster"];
  const more = moved.length > maxShown ? [`and ${moved.length - maxShown} more ways (--json has them all)`] : [];
  return [
    "",
    "answered otherwise, one example each:",
    ...moved.slice(0, maxShown).map((m) => `  ${m.before} -> ${m.after}\n    ${m.example}`),
    ...more,
  ];
}
