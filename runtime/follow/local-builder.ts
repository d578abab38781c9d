import type { PackedBundle } from "../../compiler/bundle/index.ts";
import type { decodeResource } from "../../compiler/decode/index.ts";
import { Collector, compareDiagnostics, type Diagnostic, InternalError } from "../../compiler/diag/index.ts";
import type { HirModel } from "../../compiler/hir/index.ts";
import { buildBundle, objectNumbers, partsOfBundle } from "../../compiler/index.ts";
import { forgetAligned } from "../../compiler/memo/index.ts";
import { createMesh } from "./mesh.ts";
import type { LastGood } from "./state-folder.ts";
import type { Builder, BuildResult, Built } from "./types.ts";

export interface LocalBuilderOptions {
  /** Default decodeResource. */
  readonly decode?: typeof decodeResource;
  /** Where what was kept is persisted. */
  readonly lastGood?: Pick<LastGood, "write">;
  /** How long after a generation it is persisted; a build in between comes first. Default 1000 ms. */
  readonly persistAfterMs?: number;
  /** Milliseconds for asking whether the tables mean what the rules say: of a shape that was not built before, and of others. */
  readonly proof?: { readonly newShape: number; readonly known: number };
  /** Told when persisting failed: the daemon works on without. */
  readonly onPersistError?: (error: unknown) => void;
}

const defaultProof = { newShape: 300, known: 10 };

/** Builds in this thread. The daemon runs it in a worker (worker-builder.ts), tests as it is. */
export function createLocalBuilder(options: LocalBuilderOptions = {}): Builder {
  const { lastGood, persistAfterMs = 1000, proof = defaultProof } = options;
  const mesh = createMesh(options.decode);
  const prover = createProver();
  const shapes = new Set<string>();
  let open: { readonly model: HirModel; readonly packed: PackedBundle; readonly shape: string } | undefined;
  let kept: PackedBundle | undefined;
  let timer: NodeJS.Timeout | undefined;

  const persist = (): void => {
    timer = undefined;
    if (!kept || !lastGood) return;
    try {
      lastGood.write(kept);
    } catch (error) {
      options.onPersistError?.(error);
    }
    kept = undefined;
  };

  return {
    async build(request): Promise<BuildResult> {
      if (open) throw new InternalError("the last build was not settled");
      try {
        const meshed = mesh.compile(request);
        if (meshed.kind === "rejected") return meshed;
        const { model, compiled, clusters, assignments, hostnames, rejected, unusable } = meshed;
        const sink = new Collector();
        const start = performance.now();
        const diagnostics = [...meshed.diagnostics].sort(compareDiagnostics);
        const packed = await buildBundle(model, compiled, diagnostics, sink, { noModel: true });
        if (!packed) {
          mesh.undo();
          return { kind: "rejected", diagnostics: sink.list() };
        }
        const { shape } = compiled;
        open = { model, packed, shape };
        const timing = { ...meshed.timing, programs: performance.now() - start };
        const { bundle } = packed;
        return {
          kind: "built",
          bundle: slim(bundle),
          clusters,
          assignments,
          hostnames,
          rejected,
          unusable,
          newShape: !shapes.has(shape),
          severities: count(diagnostics),
          timing,
          objects: objectNumbers(),
        };
      } catch (error) {
        mesh.undo();
        throw error;
      }
    },
    async prove() {
      if (!open) throw new InternalError("there is no build to prove");
      const { model, packed, shape } = open;
      const start = performance.now();
      await prover(model, packed, shapes.has(shape) ? proof.known : proof.newShape);
      shapes.add(shape);
      return performance.now() - start;
    },
    settle(keep) {
      if (!open) throw new InternalError("there is no build to settle");
      if (keep) {
        mesh.keep();
        kept = open.packed;
        if (lastGood) timer ??= setTimeout(persist, persistAfterMs);
      } else mesh.undo();
      forgetAligned();
      open = undefined;
    },
    async close() {
      clearTimeout(timer);
      persist();
    },
  };
}

/** What apply and dump need. */
function slim(bundle: PackedBundle["bundle"]): Built["bundle"] {
  return { ...bundle, sources: new Map(), diagnostics: [] };
}

function count(diagnostics: readonly Diagnostic[]): Built["severities"] {
  const severities = { punt: 0, note: 0 };
  for (const { severity, count: times = 1 } of diagnostics) if (severity !== "error") severities[severity] += times;
  return severities;
}

/**
 * Translation validation within a time budget: as many questions as earlier proofs say that there is time for, about what changed first, then
 * about a part of the rest, another one each time. A difference is thrown as InternalError.
 */
function createProver(): (model: HirModel, packed: PackedBundle, budget: number) => Promise<void> {
  /** Milliseconds of one question, measured; the first proof supposes a slow machine. */
  let cost = 0.2;
  let before: HirModel | undefined;
  let turn = 0;
  return async (model, { bundle }, budget) => {
    const parts = partsOfBundle(bundle);
    if (!parts || budget <= 0) return;
    const { changedPart, createEngine, prepareValidation } = await import("../../compiler/simulate/index.ts");
    const first = before && changedPart(before, model);
    const ask = prepareValidation(model, createEngine(parts), parts, { turn: turn++, ...(first ? { first } : {}) });
    const start = performance.now();
    const { questions } = ask(Math.max(50, Math.min(20_000, Math.round(budget / cost))));
    before = model;
    cost = Math.max(0.005, (performance.now() - start) / Math.max(50, questions));
  };
}
