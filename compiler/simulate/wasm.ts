/** The part of the WebAssembly API that is used (lib.dom has its types, Node's do not). */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export type WasmImport = (...args: number[]) => number | undefined;

interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, WasmImport>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** Instantiates a module; gives its exports. */
export function instantiate(bytes: Uint8Array, imports: Readonly<Record<string, WasmImport>>): Readonly<Record<string, unknown>> {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WasmApi };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { km: imports }).exports;
}
