import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statfsSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { constants as system } from "node:os";
import { dirname } from "node:path";
import { callError, check, fileError, KernelError } from "./error.ts";
import { lastErrno, library } from "./library.ts";
import type { Fd } from "./types.ts";

/** f_type of statfs(2), linux/magic.h. */
const BPF_FS = 0xcafe4a11;
const CGROUP2 = 0x63677270;

const LOCK_EXCLUSIVE_NOW = 2 | 4;

export function makePinFolder(path: string, mount: boolean): void {
  let existing = path;
  while (fileSystem(existing) === undefined && dirname(existing) !== existing) existing = dirname(existing);
  if (fileSystem(existing) !== BPF_FS) {
    if (!mount) {
      throw new KernelError(
        "pinFolder",
        `${path} is not on a BPF file system`,
        0,
        "mount -t bpf bpf /sys/fs/bpf and use a folder below it, or give --mount to mount one at the folder itself",
      );
    }
    mkdirSync(path, { recursive: true });
    if (library().mount("bpf", path, "bpf", 0, Buffer.from("mode=0700\0")) < 0)
      throw callError("mount", `BPF file system at ${path}`, lastErrno());
  }
  try {
    // Asked first: of a file system that is read-only, mkdir of several folders tells ENOENT, and a folder that is there nothing at all.
    accessSync(existing, constants.W_OK);
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError("mkdir", path, error);
  }
  checkOwner(path);
}

/** Whoever may write there decides what the daemon takes over, and with it where connections go. */
function checkOwner(path: string): void {
  const { uid, mode } = statSync(path);
  const problem =
    uid !== 0 && uid !== process.geteuid?.()
      ? `belongs to user ${uid}`
      : mode & 0o022
        ? `may be written by others (mode ${(mode & 0o7777).toString(8)})`
        : undefined;
  if (problem === undefined) return;
  const hint = "use a folder that is made for it, below the BPF file system (chmod 700)";
  throw new KernelError("openFolder", `${path} ${problem}`, 0, hint);
}

export function removePinFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    // The root of a mount (EBUSY) stays: whoever mounted it unmounts it. Others' files do, too.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EBUSY" && code !== "ENOTEMPTY") throw fileError("rmdir", path, error);
  }
}

export function listPins(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw fileError("readdir", path, error);
  }
}

export function lock(path: string): Fd {
  const fd = openFolder(path);
  if (library().flock(fd, LOCK_EXCLUSIVE_NOW) === 0) return fd;
  const errno = lastErrno();
  closeSync(fd);
  if (errno !== system.errno.EWOULDBLOCK) throw callError("flock", path, errno);
  throw new KernelError("busy", `another process works on ${path}`, 0, "wait for it, or stop it: one daemon owns a pin folder");
}

export function pin(fd: Fd, path: string): void {
  check("bpf_obj_pin", path, library().pin(fd, path));
}

export function unpin(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    throw fileError("unlink", path, error);
  }
}

export function replacePin(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    throw fileError("rename", `${from} to ${to}`, error);
  }
}

export function openPin(path: string): Fd {
  return check("bpf_obj_get", path, library().get(path));
}

const kinds = { map: "map", prog: "program", link: "link" } as const;

/** By the name of the anonymous inode: `anon_inode:bpf-map`, with `_` or `-` before `link` as the kernel's version has it. */
export function kindOf(fd: Fd): "map" | "program" | "link" | undefined {
  const name = /^anon_inode:bpf[-_](map|prog|link)$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
  return name === undefined ? undefined : kinds[name as keyof typeof kinds];
}

export function openCgroup(path: string): Fd {
  const type = fileSystem(path);
  if (type === undefined)
    throw new KernelError(
      "cgroup",
      `${path} does not exist`,
      0,
      "mkdir it on a cgroup v2 file system: grep cgroup2 /proc/mounts tells where that is",
    );
  if (type !== CGROUP2) {
    throw new KernelError(
      "cgroup",
      `${path} is not on a cgroup v2 file system`,
      0,
      "grep cgroup2 /proc/mounts tells where that is (often /sys/fs/cgroup or /sys/fs/cgroup/unified)",
    );
  }
  return openFolder(path);
}

export function cgroupId(cgroup: Fd): bigint {
  return fstatSync(cgroup, { bigint: true }).ino;
}

function openFolder(path: string): Fd {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw fileError("open", path, error);
  }
}

/** f_type, or undefined when there is no such file. */
function fileSystem(path: string): number | undefined {
  try {
    return Number(statfsSync(path).type);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw fileError("statfs", path, error);
  }
}
