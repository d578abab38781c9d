import { readdirSync, readFileSync } from "node:fs";

/** Memory of a process with all its threads, MiB, as Linux counts it. */
export interface Memory {
  /** What is resident now; the three last ones add up to it. */
  readonly rss: number;
  /** The most that was resident. */
  readonly peak: number;
  /** Heaps and stacks. */
  readonly anonymous: number;
  /** Programs and libraries; most of it is shared with other processes. */
  readonly file: number;
  /** Mapped kernel tables among others. */
  readonly shared: number;
}

const names = { rss: "VmRSS", peak: "VmHWM", anonymous: "RssAnon", file: "RssFile", shared: "RssShmem" } as const;

export function readMemory(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1] ?? Number.NaN) / 1024;
  return {
    rss: of(names.rss),
    peak: of(names.peak),
    anonymous: of(names.anonymous),
    file: of(names.file),
    shared: of(names.shared),
  };
}

/** CPU time of a process with all its threads (of children: none), milliseconds. */
export function readCpu(pid: number): number {
  // Fields are counted from behind the name, which may hold spaces: utime and stime, in hundredths of a second.
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** How long its threads were ready to run and no CPU was free, milliseconds: what a busy machine adds to what is measured. */
export function readCpuWait(pid: number): number {
  const waited = (thread: string): number => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + waited(thread), 0);
}

/** CPU time of each thread of a process, milliseconds: of the main thread first, of the others in the order of what they used. */
export function readThreads(pid: number): readonly number[] {
  const used = (thread: string): number => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  const others = readdirSync(`/proc/${pid}/task`).filter((thread) => thread !== String(pid));
  return [used(String(pid)), ...others.map(used).sort((a, b) => b - a)].map(Math.round);
}
