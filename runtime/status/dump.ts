import { recordTypes, tables } from "../../compiler/bundle/format.ts";
import { dumpTables } from "../../compiler/index.ts";
import type { Kernel } from "../kernel/index.ts";
import { readPublished } from "./read.ts";

/**
 * What runs, in the words of the golden files: equal to `kmesh-compile dump` of the bundle that was applied last.
 *
 * @throws ApplyError KM6204 when nothing is published in the folder
 */
export function dumpPublished(kernel: Kernel, folder: string): string {
  const { header, tables: images, names } = readPublished(kernel, folder);
  return dumpTables({
    header,
    names,
    images: new Map(
      images.map(({ name, count, bytes }) => [
        name,
        { table: name, recordSize: recordTypes[tables.find((t) => t.name === name)!.record].size, count, bytes },
      ]),
    ),
  });
}
