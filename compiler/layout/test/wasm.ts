import { InternalError } from "../../diag/index.ts";
import { compileC } from "../../toolchain/index.ts";
import type { ConnectLayout } from "../connect.ts";
import { Header } from "../gen/records.ts";
import { inOnePiece } from "../image.ts";
import { tables } from "../tables.ts";

/** The parts of WebAssembly that are used: the TypeScript library for Node has none. */
interface Wasm {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: Record<string, unknown> } }>;
}
const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

export interface LoadedC {
  /** Calls an exported function; numbers are unsigned. */
  call(name: string, ...args: readonly number[]): number;
  /** Puts 16 bytes where the C can read them, and gives the address. */
  ip(bytes: Uint8Array): number;
  setDraw(value: number): void;
}

/** C of the library, compiled for wasm32 over the images of a layout. */
export async function loadC(source: string, layout?: ConnectLayout): Promise<LoadedC> {
  const { bytes, diagnostics } = await compileC({ sources: new Map([["test.c", source]]), target: "wasm32" });
  if (!bytes) throw new InternalError(diagnostics[0]?.message ?? "not compiled");
  let draw = 0;
  const { instance } = await wasm.instantiate(bytes, { km: { random: () => draw, count: () => undefined } });
  const api = instance.exports as Record<string, (...args: number[]) => number>;
  const memory = instance.exports["memory"] as { grow(pages: number): number; readonly buffer: ArrayBuffer };
  let at = (instance.exports["__heap_base"] as { readonly value: number }).value;
  const put = (data: Uint8Array): number => {
    at = (at + 63) & ~63;
    const missing = at + data.length - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    new Uint8Array(memory.buffer, at, data.length).set(data);
    at += data.length;
    return at - data.length;
  };
  if (layout) {
    const bases = layout.images.map((image) => ({
      id: tables.findIndex((t) => t.name === image.table),
      base: put(inOnePiece(image.parts)),
      count: image.count,
    }));
    const directory = api["directory"]!();
    const view = new DataView(memory.buffer);
    const header = Header.read(view, directory);
    Header.write(view, directory, { ...header, ...layout.header });
    for (const { id, base, count } of bases) {
      view.setUint32(directory + Header.size + id * 8, base, true);
      view.setUint32(directory + Header.size + id * 8 + 4, count, true);
    }
  }
  return {
    call: (name, ...args) => api[name]!(...args) >>> 0,
    ip: put,
    setDraw: (value) => {
      draw = value | 0;
    },
  };
}
