import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** What a KernelError is about; the codes are explained in compiler/diag/codes/runtime.ts. */
const kernelErrorCodes = {
  rights: "KM6101",
  libbpf: "KM6102",
  feature: "KM6103",
  verifier: "KM6104",
  pinFolder: "KM6105",
  cgroup: "KM6106",
  call: "KM6107",
  busy: "KM6108",
  memory: "KM6109",
  capabilities: "KM6110",
  openFolder: "KM6111",
  folder: "KM6112",
} as const;

export type KernelErrorKind = keyof typeof kernelErrorCodes;

/** The kernel (or libbpf) said no. `message` names the call and what it was about, `hint` the remedy. */
export class KernelError extends Error {
  override name = "KernelError";
  readonly kind: KernelErrorKind;
  /** Positive; 0 when the failure has none. */
  readonly errno: number;
  readonly hint: string | undefined;

  constructor(kind: KernelErrorKind, message: string, errno = 0, hint?: string) {
    super(message);
    this.kind = kind;
    this.errno = errno;
    this.hint = hint;
  }

  get code(): string {
    return kernelErrorCodes[this.kind];
  }
}

const names = new Map<number, string>(Object.entries(constants.errno).map(([name, number]) => [number, name]));
// Not in errno.h: the kernel's own number for "this program type has no such operation".
names.set(524, "ENOTSUPP");
// The same number as EWOULDBLOCK, which the table has behind it.
names.set(constants.errno.EAGAIN, "EAGAIN");

/** `EPERM`, or `errno 999`. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}

const rightsHint =
  "run it as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (before Linux 5.8: CAP_SYS_ADMIN); a container needs them in its own security context";

/**
 * What to do where a system call is refused. A seccomp profile answers like a kernel that gives no rights (EPERM) or has no such call (ENOSYS), so where
 * there is one it is named.
 */
function filteredHint(hint: string, status: () => string): string {
  if (!/^Seccomp:\s*2$/m.test(status())) return hint;
  return `${hint}; or a seccomp profile refuses it, as this process has one: the default of some engines allows bpf(2) with CAP_SYS_ADMIN only (docs/daemon.md, "Seccomp")`;
}

/** Where it can't be read (no file can be opened any more, no /proc) there is one hint less. */
function readStatus(): string {
  try {
    return readFileSync("/proc/self/status", "utf8");
  } catch {
    return "";
  }
}

/** Of calls that take CAP_SYS_ADMIN. */
const adminHints: Readonly<Record<string, string>> = {
  mount: "run it as root or with CAP_SYS_ADMIN, or mount it before: mount -t bpf bpf /sys/fs/bpf",
  bpf_prog_get_fd_by_id:
    "a version that pinned no programs left this one, and Linux opens it by its id for CAP_SYS_ADMIN only: start this version once with it, or detach first",
};

const removedHint =
  "the pin folder was removed or unmounted while it was in use: start the daemon again, which attaches the programs anew (connections pass untouched in between)";

/**
 * The error of a failed call: the cause that is most likely for this errno, and its remedy.
 *
 * @param call the function, for example `bpf_map_create`
 * @param what what it was called for, for example `km_p_cell`
 * @param status of this process, as /proc has it
 */
export function callError(call: string, what: string, errno: number, status: () => string = readStatus): KernelError {
  const message = `${call} (${what}) failed: ${errnoName(errno)}`;
  const { EAGAIN, EMFILE, EPERM, EACCES, ENOMEM, ENOSPC, E2BIG, ENOENT, ENOSYS, EOPNOTSUPP } = constants.errno;
  switch (errno) {
    case EPERM:
    case EACCES:
      return new KernelError("rights", message, errno, adminHints[call] ?? filteredHint(rightsHint, status));
    case ENOMEM:
    case ENOSPC:
    case E2BIG:
      return new KernelError(
        "memory",
        message,
        errno,
        "give the process more memory (cgroup memory limit, ulimit -l before Linux 5.11), or scope the services that the node sees",
      );
    case ENOSYS:
    case EOPNOTSUPP:
    case 524:
      return new KernelError(
        "feature",
        message,
        errno,
        filteredHint(
          "the kernel lacks this operation: Linux 5.10 is the oldest that can run the connect programs, built with CONFIG_BPF_SYSCALL and CONFIG_CGROUP_BPF",
          status,
        ),
      );
    case ENOENT:
      return new KernelError("call", message, errno, call === "bpf_obj_pin" ? removedHint : undefined);
    case EMFILE:
      return new KernelError(
        "call",
        message,
        errno,
        "raise the limit of open files: ulimit -n, LimitNOFILE= in a systemd unit (1024 is plenty)",
      );
    case EAGAIN:
      return new KernelError("call", message, errno, "nothing need be done: it says nothing of what was asked for, and it is tried again");
    default:
      return new KernelError("call", message, errno);
  }
}

/** A file or folder that can't be opened, made or changed, by Node's error: its mode, its owner and its mount decide, not capabilities. */
export function fileError(call: string, path: string, error: unknown): KernelError {
  const { errno: negative = 0 } = error as NodeJS.ErrnoException;
  const errno = Math.abs(negative);
  const { EACCES, EPERM, EROFS } = constants.errno;
  if (errno === 0) return new KernelError("call", `${call} ${path}: ${errnoName(errno)}`);
  const message = `${call} (${path}) failed: ${errnoName(errno)}`;
  switch (errno) {
    case EROFS:
      return new KernelError(
        "folder",
        message,
        errno,
        "mount it so that it can be written: no readOnly in the pod's volumeMounts, ReadWritePaths= in a systemd unit",
      );
    case EACCES:
    case EPERM:
      return new KernelError("folder", message, errno, `it must belong to the user that this process runs as (uid ${process.geteuid?.()})`);
    default:
      return callError(call, path, errno);
  }
}

/** libbpf's convention: a result, or -errno. */
export function check(call: string, what: string, result: number): number {
  if (result < 0) throw callError(call, what, -result);
  return result;
}
