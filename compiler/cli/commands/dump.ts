import { parseArgs } from "node:util";
import { Collector } from "../../diag/index.ts";
import { dumpBundle, dumpTables } from "../../dump.ts";
import { compileTables } from "../../tables.ts";
import { UsageError } from "../exit.ts";
import { printJson, printText } from "../output.ts";
import { openMesh } from "../session.ts";
import { commonOptions, exactly } from "./common.ts";

/** `dump INPUT`: every table as the kernel will hold it, words first, then bytes. */
export async function dump(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: commonOptions.json, table: { type: "string" }, all: { type: "boolean", default: false } },
  });
  const [path] = exactly("dump", positionals, ["one bundle or snapshot"]);
  const sections = sectionsOf(textOf(path!, values.all));
  const wanted = values.table === undefined ? sections : sections.filter((s) => s.name === values.table);
  if (wanted.length === 0 && values.table !== undefined) {
    throw new UsageError(`no records in a table ${JSON.stringify(values.table)}; there are ${sections.map((s) => s.name).join(", ")}`);
  }
  if (values.json) printJson({ tables: wanted });
  else printText(wanted.map((s) => [s.head, ...s.entries].filter((line) => line !== "").join("\n")).join("\n"));
  return 0;
}

function textOf(path: string, all: boolean): string {
  const options = { detail: all ? "all" : "ids" } as const;
  const session = openMesh(path);
  if (session.bundle) return dumpBundle(session.bundle, options);
  const sink = new Collector();
  const compiled = compileTables(session.model, sink);
  if (!compiled)
    throw new UsageError(
      sink
        .list()
        .map((d) => `${d.code} ${d.path}: ${d.message}`)
        .join("; "),
    );
  return dumpTables(compiled, options);
}

interface Section {
  readonly name: string;
  readonly head: string;
  readonly entries: readonly string[];
}

/** The dump's own structure: `table NAME ...` begins a section; what stands before the first is the generation's header. */
function sectionsOf(text: string): Section[] {
  const sections: { name: string; head: string; entries: string[] }[] = [{ name: "generation", head: "", entries: [] }];
  for (const line of text.trimEnd().split("\n")) {
    const table = /^table (\S+) /.exec(line);
    if (table) sections.push({ name: table[1]!, head: line, entries: [] });
    else sections[sections.length - 1]!.entries.push(line);
  }
  return sections;
}
