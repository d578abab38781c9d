import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * The folder of a cgroup, as it is mounted here: a cgroup's id is the number of its inode. Undefined where no cgroup v2 file system shows it.
 * Walks them from the top, so it is for people who ask now and then. Costs a stat(2) for each cgroup: a node has some hundred.
 *
 * @param mounts of /proc/self/mounts, whose second field has spaces as \040 (proc(5))
 */
export function cgroupPath(id: string, mounts = readFileSync("/proc/self/mounts", "utf8")): string | undefined {
  const folders = mounts.split("\n").flatMap((line) => {
    const [, folder, type] = line.split(" ");
    return folder !== undefined && type === "cgroup2"
      ? [folder.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))]
      : [];
  });
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    if (inodeOf(folder) === id) return folder;
    for (const name of foldersIn(folder)) folders.push(join(folder, name));
  }
  return undefined;
}

/** Empty for one that has just gone. */
function inodeOf(folder: string): string {
  return String(statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino ?? "");
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
