import {
  type BundleNames,
  type HeaderScalars,
  inParts,
  type Parts,
  recordTypes,
  type TableName,
  tables,
} from "../../compiler/bundle/format.ts";
import { dumpTables } from "../../compiler/index.ts";
import type { Kernel } from "../kernel/index.ts";
import { publishedConfig } from "./published.ts";
import { readPublished } from "./read.ts";

/**
 * What runs, in the words of the golden files: equal to `kmesh-compile dump` of the bundle that was applied last.
 *
 * @throws ApplyError KM6204 when nothing is published in the folder
 */
export function dumpPublished(kernel: Kernel, folder: string): string {
  const { header, tables: images, names } = readPublished(kernel, folder);
  return tablesText({ header, names, tables: new Map(images.map(({ name, bytes }) => [name, inParts(bytes)])) });
}

/** What runs, as a ConfigDump (config-dump.ts) in text. Throws as dumpPublished. */
export function dumpPublishedConfig(kernel: Kernel, folder: string): string {
  return `${JSON.stringify(publishedConfig(readPublished(kernel, folder)))}\n`;
}

/** What a bundle has to be dumped; it can be sent to a thread. */
export interface BundleTables {
  readonly header: HeaderScalars;
  readonly names: BundleNames;
  readonly tables: ReadonlyMap<string, Parts>;
}

/** Tables in words and bytes, as `kmesh-compile dump`. */
export function tablesText({ header, names, tables: images }: BundleTables): string {
  return dumpTables({
    header,
    names,
    images: new Map(
      [...images].map(([name, parts]) => {
        const recordSize = recordTypes[tables.find((table) => table.name === name)!.record].size;
        return [
          name as TableName,
          { table: name as TableName, recordSize, count: parts.reduce((sum, { length }) => sum + length, 0) / recordSize, parts },
        ];
      }),
    ),
  });
}
