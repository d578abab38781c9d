import { parseArgs } from "node:util";
import { openKernel } from "../kernel/index.ts";
import { readStatus, type Status } from "../status/index.ts";
import { defaultPins, exit, printJson } from "./main.ts";

const options = { pin: { type: "string", default: defaultPins }, json: { type: "boolean", default: false } } as const;

/** `status [--pin DIR] [--json]`. */
export async function status(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options });
  const found = readStatus(openKernel(), values.pin);
  if (values.json) printJson(found);
  else process.stdout.write(inWords(found));
  return exit.fine;
}

/** `dump [--pin DIR] [--json]`. */
export async function dump(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options });
  const { dumpPublished } = await import("../status/dump.ts");
  const text = dumpPublished(openKernel(), values.pin);
  if (values.json) printJson({ lines: text.trimEnd().split("\n") });
  else process.stdout.write(text);
  return exit.fine;
}

function inWords(found: Status): string {
  const { listeners, clusters, endpoints } = found.services;
  const lines = [
    `generation ${found.generation}, shape ${found.shape.slice(0, 12)}`,
    `${listeners} listeners, ${clusters} clusters, ${endpoints} endpoints`,
    "programs:",
    ...found.programs.map(({ hook, program, id, cgroup, runs, nanoseconds }) => {
      const cost = runs === undefined ? "" : `, ${runs} runs of ${nanoseconds} ns`;
      return `  ${hook}: ${program} (id ${id}) on cgroup ${cgroup}${cost}`;
    }),
    `memory: ${kib(found.bytes)}`,
    ...found.tables
      .filter(({ running, spare }) => running + spare > 0)
      .map(
        ({ name, records, running, spare }) => `  ${name}: ${records} records, ${kib(running)}${spare > 0 ? `, spare ${kib(spare)}` : ""}`,
      ),
    "connections:",
    ...Object.entries(found.counters).map(([reason, count]) => `  ${reason}: ${count}`),
  ];
  return `${lines.join("\n")}\n`;
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
