import type { FollowStatus } from "../follow/index.ts";
import type { Status } from "../status/index.ts";
import type { XdsStatus } from "../xds/index.ts";
import type { SnapshotStatus } from "./source.ts";

/** /debug/status: where a daemon is. `kmeshctl status` prints it. */
export interface DaemonStatus {
  readonly version: string;
  readonly pid: number;
  /** Seconds. */
  readonly uptime: number;
  /** Empty: it is ready. */
  readonly notReady: string;
  readonly follow: FollowStatus;
  /** Null with a snapshot. */
  readonly controlPlane: XdsStatus | null;
  /** Null with a control plane. */
  readonly snapshot: SnapshotStatus | null;
  /** Null while nothing is published, and where the kernel could not be read (then `kernelProblem` says why). */
  readonly kernel: Status | null;
  readonly kernelProblem?: string;
}

export interface StatusSource {
  readonly version: string;
  readonly follow: FollowStatus;
  readonly controlPlane: XdsStatus | undefined;
  readonly snapshot: SnapshotStatus | undefined;
  /** Undefined while nothing is published; may throw. */
  readonly kernel: () => Status | undefined;
}

/** Undefined: ready. What is in the kernel is a whole generation once there is one, whatever happens to the daemon's sources. */
export function whyNotReady({ generation, building, problem }: FollowStatus): string | undefined {
  if (generation > 0) return undefined;
  if (problem) return `the first generation failed: ${problem.message}`;
  return building ? "the first generation is being made" : "nothing has been applied yet";
}

export function daemonStatus({ version, follow, controlPlane, snapshot, kernel }: StatusSource): DaemonStatus {
  return {
    version,
    pid: process.pid,
    uptime: Math.round(process.uptime()),
    notReady: whyNotReady(follow) ?? "",
    follow,
    controlPlane: controlPlane ?? null,
    snapshot: snapshot ?? null,
    ...readKernel(kernel),
  };
}

function readKernel(read: () => Status | undefined): Pick<DaemonStatus, "kernel" | "kernelProblem"> {
  try {
    return { kernel: read() ?? null };
  } catch (error) {
    return { kernel: null, kernelProblem: error instanceof Error ? error.message : String(error) };
  }
}
