import type { Kernel } from "../kernel/index.ts";
import { entryPrograms, type Links } from "./links.ts";
import type { Live } from "./live.ts";
import { isIdPin, pinNames } from "./pin-names.ts";

/**
 * Unpins arrays that stand in no slot, and programs that neither a link nor the running shape leads to: of a shape that was replaced, or of a
 * daemon that died. Not while a change is under way: what it has pinned stands nowhere yet.
 */
export function removeUnused(kernel: Kernel, live: Live, links: Links): void {
  const { path } = live.set;
  const arrays = [...live.pools.values()].flatMap(({ slots }) => slots.flatMap(({ pin }) => pin ?? []));
  const programs = [
    ...[...links.values()].map((link) => kernel.linkInfo(link).programId),
    ...entryPrograms(kernel, live.maps, live.header!.shapeSlot).values(),
  ];
  const used = new Set([...arrays, ...programs.map((id) => `${path}/${pinNames.program(id)}`)]);
  for (const name of kernel.listPins(path)) if (isIdPin(name) && !used.has(`${path}/${name}`)) kernel.unpin(`${path}/${name}`);
}
