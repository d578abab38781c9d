/** Which BPF objects exist in the kernel: for tests that ask whether nothing is left. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import koffi from "koffi";
import { mapType } from "../../runtime/kernel/layouts.ts";
import { kernel } from "./harness.ts";

const bpf = koffi.load("libbpf.so.1");
// Asking for the next id opens nothing. Opening a program array while the kernel clears it makes the kernel keep it for ever (6.18).
const nextId = {
  map: bpf.func("int bpf_map_get_next_id(uint32, _Out_ uint32 *)"),
  program: bpf.func("int bpf_prog_get_next_id(uint32, _Out_ uint32 *)"),
  link: bpf.func("int bpf_link_get_next_id(uint32, _Out_ uint32 *)"),
} as const;

export interface BpfIds {
  readonly map: readonly number[];
  readonly program: readonly number[];
  readonly link: readonly number[];
}

/** Everything that a pin folder keeps alive: what is pinned there, the arrays in slots, and the programs of links. */
export function idsOf(folder: string): BpfIds {
  const ids = { map: new Set<number>(), program: new Set<number>(), link: new Set<number>() };
  for (const path of pinsBelow(folder)) {
    const fd = kernel().openPin(path);
    const kind = kernel().kindOf(fd);
    if (kind === "link") {
      const info = kernel().linkInfo(fd);
      ids.link.add(info.id);
      ids.program.add(info.programId);
    } else if (kind === "program") {
      ids.program.add(kernel().programInfo(fd).id);
    } else {
      const { id, type, maxEntries } = kernel().mapInfo(fd);
      ids.map.add(id);
      for (let slot = 0; type === mapType.arrayOfMaps && slot < maxEntries; slot++) {
        const inner = kernel().innerAt(fd, slot);
        if (inner !== undefined) ids.map.add(inner);
      }
    }
    kernel().close(fd);
  }
  return { map: [...ids.map], program: [...ids.program], link: [...ids.link] };
}

/** Paths of pins, in folders below, too. */
function pinsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? pinsBelow(path) : [path];
  });
}

/** Those that are still there; the kernel frees after a grace period, so it is asked for up to two seconds. */
export async function leftOf(ids: BpfIds): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const left = (["map", "program", "link"] as const).flatMap((kind) =>
      ids[kind].filter((id) => exists(kind, id)).map((id) => `${kind} ${id}`),
    );
    if (left.length === 0 || attempt === 20) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function exists(kind: keyof typeof nextId, id: number): boolean {
  const next = [0];
  return nextId[kind](id - 1, next) === 0 && next[0] === id;
}
