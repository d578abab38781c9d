/** One command under another kernel: QEMU boots it, this machine's root is the guest's, and what is written there is thrown away. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { KernelImage } from "./archive.ts";
import { makeInitramfs } from "./initramfs.ts";

export interface GuestOptions {
  readonly memoryMiB: number;
  readonly cpus: number;
  /** When the guest is given up. */
  readonly limitMs: number;
}

/** How a command in a guest ended. */
export interface GuestResult {
  /** Undefined where the guest died, or was given up, before the command ended. */
  readonly code: number | undefined;
  /** What the kernel printed. */
  readonly console: string;
}

/** Where distributions put it: QEMU's own in C, later one of its own in Rust. */
const VIRTIOFSD = ["/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"];
/** What is needed and Debian's package of it. */
const PROGRAMS = [
  { found: () => onPath("qemu-system-x86_64"), from: "qemu-system-x86" },
  { found: () => VIRTIOFSD.some(existsSync), from: "virtiofsd (in qemu-system-common before Debian 13)" },
  { found: () => existsSync("/bin/busybox"), from: "busybox-static" },
  { found: () => onPath("xz"), from: "xz-utils" },
];

function onPath(name: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, name)));
}

/** What must be installed first, as Debian calls it. */
export function missingPackages(): readonly string[] {
  return PROGRAMS.flatMap(({ found, from }) => (found() ? [] : [from]));
}

/** @param command its standard output and error are this process's */
export async function runInGuest(kernel: KernelImage, command: readonly string[], options: GuestOptions): Promise<GuestResult> {
  const folder = mkdtempSync(join(tmpdir(), "kmesh-guest-"));
  const children: ChildProcess[] = [];
  const start = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "ignore"] });
    children.push(child);
    return child;
  };
  const end = (): void => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", end);
  try {
    writeFileSync(join(folder, "initrd"), makeInitramfs(kernel, guestScript(command)));
    await serveRoot(start, join(folder, "root"));
    const ended = once(start("qemu-system-x86_64", qemuArguments(kernel, folder, options)), "exit");
    await Promise.race([ended, pause(options.limitMs, undefined, { ref: false })]);
    const code = /^exit (\d+)/m.exec(readIfThere(join(folder, "status")))?.[1];
    return { code: code === undefined ? undefined : Number(code), console: readIfThere(join(folder, "console")) };
  } finally {
    end();
    process.off("exit", end);
  }
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** The second serial line is the command's output, the third says how it ended, the first is the kernel's. */
function guestScript(command: readonly string[]): string {
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const environment = ["PATH", "HOME"].map((name) => `export ${name}='${process.env[name] ?? ""}'`);
  return [
    ...environment,
    // Nothing may be skipped; without KVM all takes its time.
    "export CI=1 TERM=dumb KMESH_TEST_PATIENCE=20",
    "for line in /dev/ttyS1 /dev/ttyS2; do stty -F $line raw -echo; done",
    `cd '${process.cwd()}'`,
    `setsid -w ${quoted} < /dev/null > /dev/ttyS1 2>&1`,
    "echo exit $? > /dev/ttyS2",
    "echo o > /proc/sysrq-trigger",
    // The root goes first: another program could not be read any more, and a first process that ends is a panic.
    "while :; do :; done",
    "",
  ].join("\n");
}

/** This machine's root, which virtiofs does not let the guest write to: it is mounted read only there. */
async function serveRoot(start: (program: string, args: readonly string[]) => ChildProcess, socket: string): Promise<void> {
  const program = VIRTIOFSD.find(existsSync)!;
  const ofRust = ["--shared-dir=/", "--sandbox=none", "--cache=always"];
  const ofQemu = ["-o", "source=/", "-o", "sandbox=chroot", "-o", "cache=always"];
  const child = start(program, [`--socket-path=${socket}`, ...(program.includes("libexec") ? ofRust : ofQemu)]);
  for (let tries = 0; !existsSync(socket); tries++) {
    if (tries === 100 || child.exitCode !== null) throw new Error(`${program} does not serve the root`);
    await pause(100);
  }
}

function qemuArguments(kernel: KernelImage, folder: string, { memoryMiB, cpus }: GuestOptions): readonly string[] {
  return [
    ...["-accel", hasKvm() ? "kvm" : "tcg", "-cpu", "max", "-smp", String(cpus), "-m", String(memoryMiB)],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    // virtiofs reads and writes the guest's memory.
    ...["-object", `memory-backend-memfd,id=memory,size=${memoryMiB}M,share=on`, "-numa", "node,memdev=memory"],
    ...["-chardev", `socket,id=root,path=${join(folder, "root")}`, "-device", "vhost-user-fs-pci,chardev=root,tag=host"],
    ...["-kernel", kernel.image, "-initrd", join(folder, "initrd")],
    ...["-append", "console=ttyS0 panic=-1 oops=panic mitigations=off"],
    ...["-serial", `file:${join(folder, "console")}`],
    ...["-chardev", "stdio,id=output,signal=off", "-serial", "chardev:output"],
    ...["-serial", `file:${join(folder, "status")}`],
    ...["-device", "virtio-rng-pci"],
  ];
}

/** Where /dev/kvm is not backed by the processor, guests hang in it. */
function hasKvm(): boolean {
  try {
    accessSync("/dev/kvm", constants.W_OK);
  } catch {
    return false;
  }
  return /\b(vmx|svm)\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
}
