/** What programs act on now, whatever format it says it is of. */
import * as assert from "uvu/assert";
import { closeLinks, openLinks, servingPrograms } from "../../runtime/apply/links.ts";
import { closeLive } from "../../runtime/apply/live.ts";
import { openSet } from "../../runtime/apply/open-set.ts";
import { leadsTo, listSets } from "../../runtime/apply/sets.ts";
import { tablesText } from "../../runtime/status/dump.ts";
import { readSet } from "../../runtime/status/read.ts";
import { kernel } from "./harness.ts";

/** Dumps of the sets that links lead to: one, or two where a daemon died between two hooks. Each must be whole. */
export function servingDumps(pins: string): readonly string[] {
  const links = openLinks(kernel(), pins);
  const programs = servingPrograms(kernel(), links);
  closeLinks(kernel(), links);
  const serving = listSets(kernel(), pins).filter((set) => leadsTo(kernel(), set, programs));
  return serving.map((set) => {
    const { live, faults } = openSet(kernel(), set);
    assert.is(faults, undefined, "a set that serves is not whole");
    closeLive(kernel(), live!);
    const { header, tables, names } = readSet(kernel(), set.path)!;
    return tablesText({ header, names, tables: new Map(tables.map(({ name, bytes }) => [name, [bytes]])) });
  });
}
