import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cgroupPath } from "../ctl/cgroup-path.ts";

const paths = suite("kmeshctl: folders of cgroups");

paths("found by its inode below what is mounted, whatever its name", () => {
  const root = mkdtempSync(join(tmpdir(), "kmesh cgroups "));
  try {
    const inner = join(root, "kubepods.slice", "pod 1");
    mkdirSync(inner, { recursive: true });
    const id = (path: string) => String(statSync(path, { bigint: true }).ino);
    const mounts = `proc /proc proc rw 0 0\nother /nowhere cgroup2 rw 0 0\nnone ${root.replaceAll(" ", "\\040")} cgroup2 rw 0 0\n`;
    assert.is(cgroupPath(id(inner), mounts), inner);
    assert.is(cgroupPath(id(root), mounts), root);
    assert.is(cgroupPath("1", mounts), undefined);
    assert.is(cgroupPath(id(inner), "tmpfs /tmp tmpfs rw 0 0\n"), undefined);
  } finally {
    rmSync(root, { recursive: true });
  }
});

paths.run();
