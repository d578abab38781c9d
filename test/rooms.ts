/** The import table: what each room may know. ARCHITECTURE.md tells the same in words. Type-only imports count like others. */
export interface RoomRule {
  readonly mayImport: readonly string[];
  /** What to do instead. */
  readonly remedy: string;
}

const common = ["compiler/diag", "compiler/memo", "compiler/package-root.ts"];
const front = [...common, "compiler/syntax"];

export const rooms: Readonly<Record<string, RoomRule>> = {
  "compiler/diag": { mayImport: ["compiler/package-root.ts"], remedy: "diag knows nobody: pass what it needs." },
  "compiler/memo": { mayImport: [], remedy: "a memo knows nothing of what it holds." },
  "compiler/syntax": {
    mayImport: ["compiler/memo"],
    remedy: "syntax knows texts; which field holds them is decode's and resolve's business.",
  },
  "compiler/decode": { mayImport: front, remedy: "decode knows protos only; meaning belongs to resolve." },
  "compiler/hir": { mayImport: front, remedy: "HIR has no wire shape and no BPF word." },
  "compiler/resolve": {
    mayImport: [...front, "compiler/decode", "compiler/hir"],
    remedy: "resolve turns wire types into HIR; tables and bytes come later.",
  },
  "compiler/lir": { mayImport: [...common, "compiler/hir"], remedy: "LIR has no byte offset; layout does." },
  "compiler/lower": {
    mayImport: [...front, "compiler/hir", "compiler/lir"],
    remedy: "lower knows HIR and LIR; offsets belong to layout.",
  },
  "compiler/layout": { mayImport: [...common, "compiler/lir"], remedy: "layout sees LIR only." },
  "compiler/emit": { mayImport: [...common, "compiler/lir", "compiler/layout"], remedy: "emit prints LIR with layout's numbers." },
  "compiler/toolchain": { mayImport: common, remedy: "the toolchain knows clang and nothing else." },
  "compiler/bundle": { mayImport: [...common, "compiler/hir", "compiler/layout"], remedy: "a bundle is data: format, hashes, files." },
  "compiler/simulate": {
    mayImport: [
      ...common,
      "compiler/hir",
      "compiler/lir",
      "compiler/lower",
      "compiler/layout",
      "compiler/emit",
      "compiler/toolchain",
      "compiler/bundle",
    ],
    remedy: "simulate runs what was emitted.",
  },
  compiler: {
    mayImport: [
      ...common,
      "compiler/decode",
      "compiler/hir",
      "compiler/resolve",
      "compiler/lir",
      "compiler/lower",
      "compiler/layout",
      "compiler/emit",
      "compiler/toolchain",
      "compiler/bundle",
      "compiler/simulate",
    ],
    remedy: "compiler/index.ts, tables.ts and dump.ts compose the stages.",
  },
  "compiler/cli": {
    mayImport: [
      ...common,
      "compiler/engine.ts",
      "compiler/index.ts",
      "compiler/tables.ts",
      "compiler/dump.ts",
      "compiler/decode",
      "compiler/resolve",
      "compiler/hir",
      "compiler/bundle",
      "compiler/simulate",
      "compiler/layout",
    ],
    remedy: "the cli calls the public entries of the rooms.",
  },
  "runtime/cli": {
    mayImport: [
      "runtime/kernel",
      "runtime/reader",
      "runtime/plan",
      "runtime/apply",
      "runtime/status",
      "runtime/spill",
      "runtime/xds",
      "runtime/dns",
      "runtime/follow",
      "runtime/admin",
      "runtime/log",
      "compiler/index.ts",
      "compiler/diag",
      "compiler/package-root.ts",
    ],
    remedy: "the daemon's cli composes runtime rooms.",
  },
  "runtime/kernel": { mayImport: [], remedy: "kernel calls bpf(2); it knows no bundle." },
  "runtime/reader": {
    mayImport: ["compiler/bundle", "compiler/index.ts", "compiler/diag"],
    remedy: "runtime sees the compiler through its bundle format only.",
  },
  "runtime/plan": {
    mayImport: ["compiler/bundle", "compiler/index.ts", "compiler/diag", "runtime/reader"],
    remedy: "plan is pure: state in, steps out.",
  },
  "runtime/apply": {
    mayImport: ["compiler/bundle", "compiler/index.ts", "compiler/diag", "runtime/reader", "runtime/plan", "runtime/kernel"],
    remedy: "apply executes a plan.",
  },
  "runtime/xds": {
    // The public index of decode: protos for the protocol's own messages, the reader of snapshots, XdsKind.
    mayImport: ["compiler/diag", "compiler/decode/index.ts", "runtime/heap", "runtime/spill"],
    remedy: "xds hands out bytes and names; what they mean belongs to who consumes them.",
  },
  "runtime/heap": { mayImport: [], remedy: "heap asks the engine; when is the business of who makes the garbage." },
  "runtime/dns": {
    mayImport: ["runtime/keep", "runtime/log"],
    remedy: "dns knows host names; which cluster has them is follow's business.",
  },
  "runtime/keep": { mayImport: [], remedy: "keep writes the text it is given." },
  "runtime/spill": { mayImport: [], remedy: "spill holds bytes; whose they are is xds' and follow's business." },
  "runtime/log": { mayImport: [], remedy: "log knows lines and levels." },
  "runtime/follow": {
    mayImport: [
      "compiler/diag",
      "compiler/memo",
      "compiler/decode",
      "compiler/resolve",
      "compiler/hir",
      "compiler/bundle",
      "compiler/simulate",
      "compiler/index.ts",
      "compiler/package-root.ts",
      "runtime/kernel",
      "runtime/plan",
      "runtime/apply",
      "runtime/xds",
      "runtime/dns",
      "runtime/heap",
      "runtime/keep",
      "runtime/spill",
      "runtime/log",
    ],
    remedy: "follow composes the compiler's public entries and apply's session.",
  },
  "runtime/admin": {
    mayImport: ["compiler/diag", "runtime/log"],
    remedy: "admin asks the functions it is given; what they read is the cli's business.",
  },
  "runtime/status": {
    mayImport: [
      "compiler/bundle",
      "compiler/index.ts",
      "compiler/package-root.ts",
      "compiler/diag",
      "compiler/decode/index.ts",
      "runtime/kernel",
      "runtime/reader",
      "runtime/plan",
      "runtime/apply",
    ],
    remedy: "status reads, never writes.",
  },
};
