import { pointOfLink, withPin } from "../apply/index.ts";
import type { Kernel } from "../kernel/index.ts";
import { type KernelNumbers, numbersOf } from "./numbers.ts";
import { manifestOf, namesOf, readServing } from "./read.ts";

export interface Status extends Pick<KernelNumbers, "generation" | "tables" | "bytes" | "counters"> {
  readonly folder: string;
  readonly shape: string;
  readonly services: { readonly listeners: number; readonly clusters: number; readonly endpoints: number };
  readonly programs: readonly {
    readonly hook: string;
    readonly program: string;
    readonly id: number;
    readonly cgroup: string;
    readonly runs?: number;
    readonly nanoseconds?: number;
  }[];
}

/** @throws ApplyError as readPublished does */
export function readStatus(kernel: Kernel, folder: string): Status {
  return readServing(kernel, folder, (set) => {
    const numbers = numbersOf(kernel, set);
    if (!numbers) return undefined;
    const { generation, clusters, endpoints, tables, bytes, counters } = numbers;
    const manifest = manifestOf(kernel, set, generation);
    return {
      folder,
      generation,
      shape: manifest.shape,
      services: { listeners: namesOf(kernel, set, manifest).listeners.length, clusters, endpoints },
      programs: kernel.listPins(folder).flatMap((pin) => {
        const hook = pointOfLink(pin);
        return hook === undefined ? [] : [linkStatus(kernel, `${folder}/${pin}`, hook)];
      }),
      tables,
      bytes,
      counters,
    };
  });
}

function linkStatus(kernel: Kernel, path: string, hook: string): Status["programs"][number] {
  return withPin(kernel, path, (link) => {
    const { programId, cgroupId } = kernel.linkInfo(link);
    const program = kernel.openProgram(programId);
    try {
      const { name, runCount, runTime } = kernel.programInfo(program);
      const runs = runCount > 0n ? { runs: Number(runCount), nanoseconds: Math.round(Number(runTime) / Number(runCount)) } : {};
      return {
        hook,
        program: name,
        id: programId,
        cgroup: cgroupId === 0n ? "gone" : String(cgroupId),
        ...runs,
      };
    } finally {
      kernel.close(program);
    }
  });
}
