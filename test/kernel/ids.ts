/** Which BPF objects exist in the kernel: for tests that ask whether nothing is left. */
import { basename, join } from "node:path";
import koffi from "koffi";
import { POOL_SLOTS } from "../../compiler/bundle/format.ts";
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

/** Everything that a pin folder keeps alive: maps, the arrays in their slots, links and their programs. */
export function idsOf(folder: string): BpfIds {
  const ids = { map: [] as number[], program: [] as number[], link: [] as number[] };
  const sets = kernel()
    .listPins(folder)
    .filter((name) => name.startsWith("set_"));
  const links = kernel()
    .listPins(folder)
    .filter((name) => name.startsWith("link_"));
  for (const path of [
    ...links,
    ...sets.flatMap((set) =>
      kernel()
        .listPins(join(folder, set))
        .map((name) => join(set, name)),
    ),
  ]) {
    const name = basename(path);
    const fd = kernel().openPin(join(folder, path));
    if (name.startsWith("link_")) {
      const info = kernel().linkInfo(fd);
      ids.link.push(info.id);
      ids.program.push(info.programId);
    } else {
      ids.map.push(kernel().mapInfo(fd).id);
      for (let slot = 0; name.startsWith("km_p_") && slot < POOL_SLOTS; slot++) {
        const inner = kernel().openSlot(fd, slot);
        if (inner === undefined) continue;
        ids.map.push(kernel().mapInfo(inner).id);
        kernel().close(inner);
      }
    }
    kernel().close(fd);
  }
  return ids;
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
