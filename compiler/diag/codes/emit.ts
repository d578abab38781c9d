export const emitCodes = {
  KM5001: {
    title: "no C compiler",
    explain:
      "Every program that a mesh can need ships compiled (dist/objects): make build compiles them. Where they are missing (the build had no clang, or sources were changed since), the emitted C is compiled by clang: $KMESH_CLANG where it is set, else the one of npm package clang-wasm, else the system's clang 14 or newer. None was found, so there is no object to load and no simulator. Run make build where a clang is, or install clang-wasm (linux-x64) or clang, and set KMESH_CLANG where it has an unusual name.",
  },
  KM5002: {
    title: "no linker for wasm32",
    explain:
      "The simulator is the emitted C, compiled to WebAssembly; that needs wasm-ld beside clang, and the message says why there is none that runs. Install lld of the same version as clang, or use npm package clang-wasm, which has both; its wasm-ld needs the system's libxml2.",
  },
} as const;
