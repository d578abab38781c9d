/**
 * Writes what follows from the record declarations (compiler/layout/records), the table registry, limits, verdicts and flags:
 * bpf/gen/*.h and compiler/layout/gen/records.ts. Run by `make generate`; `make fresh` fails when the outputs are not these.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../compiler/package-root.ts";
import { emitPools, emitRecordsHeader, emitTablesHeader } from "./records/c.ts";
import { readDocs, readRecords } from "./records/read.ts";
import { emitRecordsModule } from "./records/ts.ts";

const records = readRecords();
const docs = readDocs();
const outputs = new Map<string, string>([
  ["bpf/gen/km_records.h", emitRecordsHeader(records)],
  ["bpf/gen/km_tables.h", emitTablesHeader(docs)],
  ["bpf/gen/km_pools.h", emitPools(records, "bpf", "connect")],
  ["bpf/gen/km_pools_decide.h", emitPools(records, "bpf", "decide")],
  ["bpf/gen/km_images.h", emitPools(records, "wasm", "connect")],
  ["bpf/gen/km_images_decide.h", emitPools(records, "wasm", "decide")],
  ["compiler/layout/gen/records.ts", emitRecordsModule(records)],
]);

for (const folder of ["bpf/gen", "compiler/layout/gen"]) {
  mkdirSync(join(packageRoot, folder), { recursive: true });
  for (const file of readdirSync(join(packageRoot, folder))) if (!outputs.has(`${folder}/${file}`)) rmSync(join(packageRoot, folder, file));
}
for (const [file, text] of outputs) writeFileSync(join(packageRoot, file), text);
