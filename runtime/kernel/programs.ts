import { callError, check, errnoName, KernelError } from "./error.ts";
import {
  attachType,
  decodeLinkInfo,
  decodeProgramInfo,
  decodeTestRunResult,
  encodeTestRunOptions,
  LINK_INFO_SIZE,
  PROGRAM_INFO_SIZE,
} from "./layouts.ts";
import { allocate, library } from "./library.ts";
import { infoBytes } from "./maps.ts";
import type { AttachPoint, Fd, LinkInfo, ProgramInfo, TestRun } from "./types.ts";

const EPERM = 1;
const EBUSY = 16;
const EINVAL = 22;

export function attach(program: Fd, cgroup: Fd, point: AttachPoint): Fd {
  const result = library().linkCreate(program, cgroup, attachType[point], null);
  if (result === -EINVAL) {
    throw new KernelError(
      "feature",
      `bpf_link_create (${point}) failed: ${errnoName(EINVAL)}`,
      EINVAL,
      "the kernel has no such hook for links: Linux 5.10 is the oldest that has them all",
    );
  }
  if (result === -EBUSY || result === -EPERM) {
    throw new KernelError(
      "cgroup",
      `bpf_link_create (${point}) failed: ${errnoName(-result)}`,
      -result,
      "another program holds the hook exclusively on this cgroup or above it: list it with bpftool cgroup tree, or attach to another cgroup",
    );
  }
  return check("bpf_link_create", point, result);
}

export function updateLink(link: Fd, program: Fd): void {
  check("bpf_link_update", "", library().linkUpdate(link, program, null));
}

export function detachLink(link: Fd): void {
  check("bpf_link_detach", "", library().linkDetach(link));
}

export function programInfo(fd: Fd): ProgramInfo {
  return decodeProgramInfo(infoBytes(fd, PROGRAM_INFO_SIZE));
}

export function linkInfo(fd: Fd): LinkInfo {
  return decodeLinkInfo(infoBytes(fd, LINK_INFO_SIZE));
}

export function openProgram(id: number): Fd {
  return check("bpf_prog_get_fd_by_id", `program ${id}`, library().programById(id));
}

export function testRun(program: Fd, run: TestRun): { readonly result: number; readonly nanoseconds: number } {
  const input = allocate(Math.max(8, run.input.length));
  try {
    input.bytes.set(run.input);
    const part = run.input.length > 0 ? { address: input.address, length: run.input.length } : undefined;
    const options = encodeTestRunOptions({
      packet: run.inputIs === "packet" ? part : undefined,
      context: run.inputIs === "context" ? part : undefined,
      repeat: run.repeat,
    });
    check("bpf_prog_test_run_opts", "", library().testRun(program, options));
    return decodeTestRunResult(options);
  } finally {
    input.free();
  }
}

/** BPF_STATS_RUN_TIME: on as long as the descriptor is open, unlike the sysctl, which a crash would leave on. */
export function enableStats(): Fd {
  const result = library().enableStats(0);
  if (result < 0) throw callError("bpf_enable_stats", "run time", -result);
  return result;
}
