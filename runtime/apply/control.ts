import type { Fd, Kernel, Mapping } from "../kernel/index.ts";
import { controlAt, ROOT_HEAD, withRootHead } from "./root.ts";
import type { PinSet } from "./sets.ts";

/** Whose connections are the daemon's own: they are not steered. */
export interface DaemonConnections {
  /** As Kernel.ownCgroup; 0n: nobody's. */
  readonly cgroup: bigint;
  /** Where they go: connections to other ports are not asked whether they are the daemon's. Undefined: anywhere. */
  readonly ports?: readonly number[];
}

/** Tells it the programs of a root: one store for each. */
export function setDaemonConnections(root: Mapping, { cgroup, ports }: DaemonConnections): void {
  root.store(controlAt.daemonPorts, portBits(ports));
  root.store(controlAt.daemonCgroup, cgroup);
}

/** The same in a set that another version may have made: one whose programs know no such thing is left alone. */
export function setDaemonConnectionsIn(kernel: Kernel, set: PinSet, daemon: DaemonConnections): void {
  withRootHead(kernel, set, ROOT_HEAD, (fd, valueSize) => withMapping(kernel, fd, valueSize, (root) => setDaemonConnections(root, daemon)));
}

/** A new root begins with what the programs of another were told; what these go on to drop of their log is theirs. */
export function carryControlOver(kernel: Kernel, from: PinSet, to: Mapping): void {
  const words = Object.values(controlAt);
  const told = withRootHead(kernel, from, ROOT_HEAD, (fd, valueSize) =>
    withMapping(kernel, fd, valueSize, (root) => words.map((at) => root.load(at))),
  );
  for (const [index, at] of words.entries()) if (told) to.store(at, told[index]!);
}

/** Bit (port & 63) of each port (Control.daemonPorts). */
function portBits(ports: readonly number[] | undefined): bigint {
  if (!ports) return 0xffff_ffff_ffff_ffffn;
  return ports.reduce((bits, port) => bits | (1n << BigInt(port & 63)), 0n);
}

function withMapping<T>(kernel: Kernel, fd: Fd, valueSize: number, action: (root: Mapping) => T): T {
  const mapping = kernel.map(fd, valueSize);
  try {
    return action(mapping);
  } finally {
    mapping.unmap();
  }
}
