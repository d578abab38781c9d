import { parseArgs } from "node:util";
import { diffModels } from "../../hir/explain/diff.ts";
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
  const changes = diffModels(openSession(a!).model, openSession(b!).model);
  if (values.json) printJson({ changes });
  else if (changes.length === 0) printText("no difference for traffic");
  else printText(changes.map((c) => `${c.kind} ${c.what} ${c.path}: ${c.message}`).join("\n"));
  return values["exit-code"] && changes.length > 0 ? 1 : 0;
}
