import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ApplyReport, detach, openSession } from "../apply/index.ts";
import { openKernel, requireCapabilities } from "../kernel/index.ts";
import { readBundle } from "../reader/index.ts";
import { defaultPins, exit, printDiagnostics, printJson, refuseEmpty, UsageError } from "./main.ts";

/** `apply BUNDLE --cgroup PATH [--pin DIR] [--mount] [--json]`. */
export async function apply(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      cgroup: { type: "string" },
      pin: { type: "string", default: defaultPins },
      mount: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  refuseEmpty(values);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError("apply takes one bundle");
  if (!existsSync(join(folder, "manifest.json"))) {
    const problem = existsSync(folder) ? "holds no bundle (manifest.json); kmesh-compile compile makes one" : "no such folder";
    throw new UsageError(`${folder}: ${problem}`);
  }
  const { bundle, diagnostics } = readBundle(folder);
  printDiagnostics(diagnostics);
  if (!bundle) return exit.rejected;
  requireCapabilities(["BPF", "NET_ADMIN", "PERFMON"]);
  const session = openSession(openKernel(), values.pin, { mount: values.mount });
  printDiagnostics(session.problems);
  try {
    const start = process.hrtime.bigint();
    const report = await session.apply(bundle, values.cgroup);
    const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
    await session.settle();
    for (const leftover of report.leftovers) process.stderr.write(`kmesh-daemon: not tidied up: ${leftover}\n`);
    if (values.json) printJson({ ...report, milliseconds: Number(milliseconds.toFixed(3)) });
    else process.stdout.write(`${inWords(report)} in ${milliseconds.toFixed(1)} ms\n`);
    return exit.fine;
  } finally {
    session.close();
  }
}

/** `detach [--pin DIR] [--json]`. */
export async function detachCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { pin: { type: "string", default: defaultPins }, json: { type: "boolean", default: false } },
  });
  refuseEmpty(values);
  requireCapabilities(["BPF"]);
  const { removed } = detach(openKernel(), values.pin);
  if (values.json) printJson({ removed });
  else process.stdout.write(`detached: ${removed.length} pins removed from ${values.pin}\n`);
  return exit.fine;
}

function inWords({ kind, generation, tables, programs, attached }: ApplyReport): string {
  const parts = {
    unchanged: `generation ${generation} is what the bundle says`,
    cell: `generation ${generation}: one cluster's endpoints changed`,
    generation: `generation ${generation} published: tables ${tables.join(", ") || "unchanged"}`,
  };
  const loaded = programs.length > 0 ? `; ${programs.length} programs loaded` : "";
  const hooks = attached.length > 0 ? `; attached ${attached.join(", ")}` : "";
  return `${parts[kind]}${loaded}${hooks}`;
}
