/** What a guest starts with: busybox, the modules that its root needs, `init.sh`. */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { KernelImage } from "./archive.ts";

/** The root is this machine's, over virtiofs; a layer in memory takes what is written. */
const MODULES = ["virtio_pci", "virtiofs", "overlay"];
const UNPACK: Readonly<Record<string, string>> = { ".xz": "xz", ".zst": "zstd" };

/** @param script what the guest runs, by bash, in its root */
export function makeInitramfs(kernel: KernelImage, script: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-guest-"));
  try {
    for (const part of ["bin", "modules", "proc", "sys", "dev", "lower", "upper", "root"]) mkdirSync(join(folder, part));
    copyFileSync("/bin/busybox", join(folder, "bin/busybox"));
    copyFileSync(join(import.meta.dirname, "init.sh"), join(folder, "init"));
    chmodSync(join(folder, "init"), 0o755);
    writeFileSync(join(folder, "script"), script);
    const order = copyModules(kernel.modules, join(folder, "modules"));
    writeFileSync(join(folder, "modules/order"), order.map((name) => `${name}\n`).join(""));
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    const archive = execFileSync("busybox", ["cpio", "-o", "-H", "newc"], {
      cwd: folder,
      input: files.join("\n"),
      maxBuffer: 256 << 20,
      stdio: ["pipe", "pipe", "ignore"],
    });
    return gzipSync(archive, { level: 1 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Copies MODULES and what they need, unpacked; the names in an order in which they can be loaded. What a kernel has built in has no file. */
function copyModules(from: string, to: string): readonly string[] {
  const files = new Map(
    readdirSync(from, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.ko(\.\w+)?$/.test(path))
      .map((path) => [moduleName(path), join(from, path)]),
  );
  const order: string[] = [];
  const copy = (name: string): void => {
    const path = files.get(name);
    if (path === undefined || order.includes(name)) return;
    const unpack = UNPACK[/\.ko(\.\w+)?$/.exec(path)?.[1] ?? ""];
    const bytes = unpack ? execFileSync(unpack, ["-dc", path], { maxBuffer: 64 << 20 }) : readFileSync(path);
    const needs = /\0depends=([^\0]*)\0/.exec(bytes.toString("latin1"))?.[1] ?? "";
    for (const need of needs.split(",")) copy(moduleName(need));
    writeFileSync(join(to, `${name}.ko`), bytes);
    order.push(name);
  };
  for (const name of MODULES) copy(name);
  return order;
}

/** Files say `virtio-pci` or `virtio_pci`. */
function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko.*$/, "")
    .replaceAll("-", "_");
}
