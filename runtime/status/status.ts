import { listSets, pointOfLink, programPin, withPin } from "../apply/index.ts";
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
        return hook === undefined ? [] : [linkStatus(kernel, folder, pin, hook)];
      }),
      tables,
      bytes,
      counters,
    };
  });
}

function linkStatus(kernel: Kernel, folder: string, link: string, hook: string): Status["programs"][number] {
  const { programId, cgroupId } = withPin(kernel, `${folder}/${link}`, (fd) => kernel.linkInfo(fd));
  const pin = programPin(kernel, listSets(kernel, folder), programId);
  const known = { hook, id: programId, cgroup: cgroupId === 0n ? "gone" : String(cgroupId) };
  // In the middle of a change, or of a version that pinned no programs.
  if (pin === undefined) return { ...known, program: "unknown" };
  return withPin(kernel, pin, (program) => {
    const { name, runCount, runTime } = kernel.programInfo(program);
    const runs = runCount > 0n ? { runs: Number(runCount), nanoseconds: Math.round(Number(runTime) / Number(runCount)) } : {};
    return { ...known, program: name, ...runs };
  });
}
