import { fixturesByCode, fixturesByField } from "../../compiler/decode/support/fixtures.ts";
import { support, supportFamilies } from "../../compiler/decode/support/index.ts";
import type { FieldSupport } from "../../compiler/decode/types.ts";
import { codes } from "../../compiler/diag/codes/index.ts";
import { anyTypes } from "../protos/roots.ts";
import { anchor, banner, table } from "./markdown.ts";
import { shortName } from "./names.ts";

/** docs/xds-support.md. */
export function xdsSupportPage(): string {
  const families = supportFamilies.map(({ title, tables }) =>
    [`## ${title}`, ...Object.entries(tables).map(([name, fields]) => messageSection(name, fields))].join("\n\n"),
  );
  return `${banner("compiler/decode/support/")}\n${head()}\n\n${families.join("\n\n")}\n`;
}

function messageSection(name: string, fields: Readonly<Record<string, FieldSupport>>): string {
  const heading = `### ${shortName(name)}`;
  const groups = new Map<string, { readonly fields: string[]; readonly cells: readonly string[] }>();
  for (const [field, entry] of Object.entries(fields)) {
    const cells = [
      entry.kind,
      entry.kind === "honoured" ? "" : `[${entry.code}](diagnostics.md#${codeAnchor(entry.code)})`,
      entry.kind === "honoured" ? "" : entry.message,
      fixtureOf(shortName(name), field, entry),
    ];
    const key = JSON.stringify(cells);
    const group = groups.get(key);
    if (group) group.fields.push(field);
    else groups.set(key, { fields: [field], cells });
  }
  const rows = [...groups.values()].map((group) => [group.fields.map((field) => `\`${field}\``).join(" "), ...group.cells]);
  const body =
    rows.length === 0 ? "No fields: being set is its meaning." : table(["fields", "class", "code", "what happens", "fixture"], rows);
  return `${heading}\n\n\`${name}\`\n\n${body}`;
}

function codeAnchor(code: string): string {
  return anchor(`${code} ${codes[code]?.title ?? ""}`);
}

function fixtureOf(message: string, field: string, entry: FieldSupport): string {
  const found =
    fixturesByField[`${message}.${field}`] ??
    (entry.kind === "honoured" ? undefined : fixturesByCode[entry.code]) ??
    fixturesByField[message];
  return found === undefined ? "" : `\`${found}\``;
}

function head(): string {
  const count = (kind: FieldSupport["kind"]): string =>
    String(
      Object.values(support)
        .flatMap((fields) => Object.values(fields))
        .filter((entry) => entry.kind === kind).length,
    );
  const summary = table(
    ["class", "fields", "what happens when the field is set"],
    [
      ["honoured", count("honoured"), "it is read and obeyed, as Envoy 1.40 does"],
      ["error", count("error"), "the resource is rejected, the last good one stays"],
      ["punt", count("punt"), "the traffic that it concerns is left to a userspace proxy or the daemon's relay; an error with `--strict`"],
      ["note", count("note"), "it has no effect here, which is said once for each kind of field, with the first place and a count"],
    ],
  );
  return `# xDS fields and what becomes of them

Every field of every message that is read stands in one table here, in one of four classes. The tables are the declaration that the reader itself obeys
(\`compiler/decode/support/\`), and a test fails when a field of the protos is in none.

${summary}

Which class a field may have follows from what it does in Envoy:

- It **decides**: where traffic goes, or whether it is allowed. Such a field is honoured, or an error, or a punt; never a note. A matcher that
  can't be expressed is never dropped, as that would widen the rule.
- It **treats** the request on its way. What the endpoint would see changed on purpose (rewrites, header mutation, redirects, faults) is honoured or a punt; timeouts, retries, mirrors,
  CORS and changes of the response are notes, as no proxy stands between client and endpoint to do them.
- It lets somebody **observe** (statistics, access logs, traces): a note.

How to read the rest:

- Fields that are not set say nothing. A field of proto3 without presence counts as set when it is not zero, false or empty.
- *Honoured* of a field that holds a message means that the message is entered; its own table says the rest. Where the meaning depends on other
  resources or on the type in an \`Any\` (filters, transport sockets, cluster types), the resolver decides and has diagnostics of its own (KM2xxx, [diagnostics.md](diagnostics.md)).
- What stands below a punt, a note or an error has no table: it is not told of field by field. Where Envoy's rules for it are broken the resource is
  rejected all the same, as Envoy rejects it.
- A field that is in no table because it is newer than these protos (Envoy 1.40) is an unknown field, which is a diagnostic as well.
- The last column names the fixture (a folder of \`fixtures/\`) that shows it.

These types are read where they stand in an \`Any\` (or in a TypedStruct); any other type is known by its name alone:

${anyTypes.map((name) => `- \`${name}\``).join("\n")}`;
}
