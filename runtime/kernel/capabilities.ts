import { readFileSync } from "node:fs";
import { KernelError } from "./error.ts";

/** Capabilities (linux/capability.h), and what each is needed for. */
const capabilities = {
  NET_ADMIN: { bit: 12, use: "attaching programs to cgroup hooks that change addresses" },
  PERFMON: { bit: 38, use: "loading programs that the verifier lets compare pointers and spill scalars" },
  BPF: { bit: 39, use: "making maps and loading programs" },
} as const;

/** Stands for BPF and PERFMON, as in the kernel. */
const SYS_ADMIN = 21;

export type Capability = keyof typeof capabilities;

/**
 * Fails at once, with all that is missing, where the process lacks capabilities: the kernel's own EPERM comes later and names none.
 *
 * @throws KernelError KM6110
 */
export function requireCapabilities(needed: readonly Capability[], status: string = readFileSync("/proc/self/status", "utf8")): void {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const has = (bit: number): boolean => (effective & (1n << BigInt(bit))) !== 0n;
  const missing = needed.filter((name) => !has(capabilities[name].bit) && (name === "NET_ADMIN" || !has(SYS_ADMIN)));
  if (missing.length === 0) return;
  const words = missing.map((name) => `CAP_${name} (${capabilities[name].use})`);
  throw new KernelError(
    "capabilities",
    `this process lacks ${words.join("; ")}`,
    0,
    `run it as root, or give it ${needed.map((name) => `CAP_${name}`).join(", ")}: AmbientCapabilities= in a systemd unit, securityContext.capabilities.add in a pod`,
  );
}
