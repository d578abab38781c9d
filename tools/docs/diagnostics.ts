import { support } from "../../compiler/decode/support/index.ts";
import { codeFiles } from "../../compiler/diag/codes/index.ts";
import { banner, table } from "./markdown.ts";
import { shortName } from "./names.ts";

const rooms: readonly { readonly digit: string; readonly title: string }[] = [
  { digit: "1", title: "Reading resources (KM1xxx)" },
  { digit: "2", title: "Resolving: what resources mean together (KM2xxx)" },
  { digit: "3", title: "Lowering (KM3xxx)" },
  { digit: "4", title: "Layout and limits (KM4xxx)" },
  { digit: "5", title: "Emitting and compiling (KM5xxx)" },
  { digit: "6", title: "Bundles (KM6xxx)" },
  { digit: "7", title: "Following a control plane (KM7xxx)" },
  { digit: "8", title: "Daemon (KM8xxx)" },
  { digit: "9", title: "Command line (KM9xxx)" },
];

/** docs/diagnostics.md. */
export function diagnosticsPage(): string {
  const all = codeFiles.flatMap(({ codes }) => Object.entries(codes)).sort(([a], [b]) => (a < b ? -1 : 1));
  const causes = causesByCode();
  const sections = rooms.flatMap(({ digit, title }) => {
    const codes = all.filter(([code]) => code.startsWith(`KM${digit}`));
    if (codes.length === 0) return [];
    const parts = codes.map(([code, { title, explain, severity }]) => {
      const cause = causes.get(code);
      const severities = severity ?? cause?.severity;
      const lines = [`### ${code} ${title}`, ""];
      if (severities) lines.push(`Severity: \`${severities}\`.`, "");
      lines.push(explain, "");
      if (cause) lines.push(`Given by: ${cause.fields.map((field) => `\`${field}\``).join(", ")}.`, "");
      return lines.join("\n");
    });
    return [`## ${title}`, "", ...parts].join("\n");
  });
  return `${banner("compiler/diag/codes/")}\n${head}\n${sections.join("\n")}`.trimEnd().concat("\n");
}

const head = `# Diagnostics

What \`kmesh-compile\` says about a snapshot. Each diagnostic has a code, a severity, the path of what it is about in xDS words
(\`routes["9080"].virtual_hosts["reviews"].routes[2].match.safe_regex\`), a message, and often a hint.

${table(
  ["severity", "what happens", "exit code of `check` and `compile`"],
  [
    ["error", "the resource is rejected, as Envoy would reject it; when resources are applied, the last good one stays", "1"],
    [
      "punt",
      "the traffic it concerns is left to a userspace proxy or the daemon's relay; never decided wrongly. With `--strict` an error",
      "0",
    ],
    [
      "note",
      "the field has no effect here; where it goes and whether it is allowed do not depend on it. One note for each kind of field, with the first place and a count",
      "0",
    ],
  ],
)}

Which field gives which code: [xds-support.md](xds-support.md).
`;

interface Cause {
  readonly severity: string;
  readonly fields: string[];
}

function causesByCode(): ReadonlyMap<string, Cause> {
  const causes = new Map<string, Cause>();
  for (const [name, fields] of Object.entries(support)) {
    for (const [field, entry] of Object.entries(fields)) {
      if (entry.kind === "honoured") continue;
      const cause = causes.get(entry.code) ?? { severity: entry.kind, fields: [] };
      cause.fields.push(`${shortName(name)}.${field}`);
      causes.set(entry.code, cause);
    }
  }
  for (const { fields } of causes.values()) fields.sort();
  return causes;
}
