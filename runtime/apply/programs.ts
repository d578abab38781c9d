import { type Bundle, flags } from "../../compiler/bundle/format.ts";
import { InternalError } from "../../compiler/diag/index.ts";
import type { AttachPoint, Fd, Kernel, LoadedProgram, LoadOptions } from "../kernel/index.ts";
import { ApplyError } from "./error.ts";
import type { Transaction } from "./transaction.ts";

/** A bundle's objects, loaded for one shape slot. Closed at the end of the transaction: what is pinned or attached by then stays. */
export interface Loaded {
  readonly maps: ReadonlyMap<string, Fd>;
  readonly programs: ReadonlyMap<AttachPoint, Fd>;
  /** By program name: what the verifier counted. */
  readonly processed: ReadonlyMap<string, LoadedProgram>;
}

/** Program arrays that entry programs of a new shape are put into, by hook. */
export const programArrays: ReadonlyMap<AttachPoint, string> = new Map([
  ["connect4", "km_prog4"],
  ["connect6", "km_prog6"],
]);

/** Points that the bundle has programs for. */
export function pointsOf(bundle: Bundle): Set<AttachPoint> {
  const points = new Set(bundle.manifest.objects.flatMap((object) => object.programs.map((program) => program.attach)));
  if (points.size === 0) {
    throw new ApplyError(
      "KM6202",
      "objects",
      "the bundle has no programs: it was compiled without clang",
      "compile it where clang is (npm package clang-wasm), without --no-objects",
    );
  }
  return points;
}

export function loadPrograms(
  kernel: Kernel,
  bundle: Bundle,
  shapeSlot: number,
  { reuse, offer }: Pick<LoadOptions, "reuse" | "offer">,
  transaction: Transaction,
): Loaded {
  const maps = new Map(reuse);
  const programs = new Map<AttachPoint, Fd>();
  const processed = new Map<string, LoadedProgram>();
  for (const object of bundle.manifest.objects) {
    const elf = bundle.objects.get(object.name)!;
    const loaded = kernel.load(elf, {
      constants: {},
      immediates: new Map([[flags.KM_SHAPE_MARK, shapeSlot]]),
      reuse: maps,
      ...(offer && { offer }),
    });
    transaction.atEnd(() => loaded.close());
    for (const [name, fd] of loaded.maps) if (!maps.has(name)) maps.set(name, fd);
    for (const [name, program] of loaded.programs) processed.set(name, program);
    for (const { name, attach } of object.programs) {
      const program = loaded.programs.get(name);
      if (!program) throw new InternalError(`object ${object.name} has no program ${name}`);
      programs.set(attach, program.fd);
    }
  }
  return { maps, programs, processed };
}
