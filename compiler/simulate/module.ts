import { InternalError } from "../diag/index.ts";
import type { Image } from "../layout/index.ts";
import { MAX_TABLES, perValue, tables } from "../layout/index.ts";
import { Header, type HeaderScalars } from "./types.ts";
import { instantiate, type WasmImport, type WasmMemory } from "./wasm.ts";

/** A wasm instance with a bundle's tables in its memory. */
export interface TableModule {
  readonly memory: WasmMemory;
  /** Address of what a function without arguments points to. */
  readonly address: (name: string) => number;
  readonly call: (name: string, ...args: readonly number[]) => number;
}

const PAGE = 65_536;

/** Instantiates `wasm` and puts header and images where its accessors (bpf/target/wasm) look for them. */
export function loadModule(
  wasm: Uint8Array,
  images: ReadonlyMap<string, Image>,
  header: HeaderScalars,
  imports: Readonly<Record<string, WasmImport>>,
): TableModule {
  const exports = instantiate(wasm, imports);
  const { memory, __heap_base: heap } = exports as { readonly memory: WasmMemory; readonly __heap_base: { readonly value: number } };
  const call = (name: string, ...args: readonly number[]): number => {
    const found = exports[name];
    if (typeof found !== "function") throw new InternalError(`the simulator's module has no function ${name}`);
    return found(...args) as number;
  };

  // A cache line each, as in the kernel.
  const align = (at: number) => (at + 63) & ~63;
  let end = align(heap.value);
  const bases = tables.map(({ name }) => {
    const base = end;
    end = align(end + sizeOf(images.get(name)));
    return base;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const directory = call("directory");
  const counts = Array<number>(MAX_TABLES).fill(0);
  for (const [id, { name }] of tables.entries()) {
    const image = images.get(name);
    let at = bases[id]!;
    for (const part of image?.parts ?? []) {
      bytes.set(part, at);
      at += part.length;
    }
    counts[id] = image?.count ?? 0;
    view.setUint32(directory + Header.size + 8 * id, bases[id]!, true);
    view.setUint32(directory + Header.size + 8 * id + 4, counts[id]!, true);
  }
  Header.write(view, directory, { ...header, generation: 1, shapeSlot: 0, slot: Array<number>(MAX_TABLES).fill(0), count: counts });
  return { memory, address: (name) => call(name), call };
}

/** Bytes, of whole values. */
function sizeOf(image: Image | undefined): number {
  if (!image) return 0;
  const { table, count, recordSize } = image;
  return Math.ceil(count / perValue(table)) * perValue(table) * recordSize;
}
