import { recordTypes } from "../../compiler/bundle/format.ts";
import type { Fd, Kernel } from "../kernel/index.ts";
import { type PinSet, withPin } from "./sets.ts";

/** The map by which the daemon tells programs of every generation what to do. */
export const CONTROL = "km_control";

export const CONTROL_SIZE = recordTypes.Control.size;

/** Bytes from the start of its value. */
export const controlOffsets = Object.fromEntries(recordTypes.Control.fields.map(({ name, offset }) => [name, offset])) as Readonly<
  Record<"logWanted" | "logDropped" | "daemonCgroup", number>
>;

/**
 * Says whose connections are the daemon's own: they are not steered. One store.
 *
 * @param cgroup as Kernel.ownCgroup; 0n: nobody's
 */
export function setDaemonCgroup(kernel: Kernel, control: Fd, cgroup: bigint): void {
  const mapping = kernel.map(control, CONTROL_SIZE);
  try {
    mapping.store(controlOffsets.daemonCgroup, cgroup);
  } finally {
    mapping.unmap();
  }
}

/** The same in a set that another version may have made: one whose programs know no such thing is left alone. */
export function setDaemonCgroupIn(kernel: Kernel, set: PinSet, cgroup: bigint): void {
  if (!kernel.listPins(set.path).includes(CONTROL)) return;
  withPin(kernel, `${set.path}/${CONTROL}`, (fd) => {
    if (kernel.kindOf(fd) === "map" && kernel.mapInfo(fd).valueSize === CONTROL_SIZE) setDaemonCgroup(kernel, fd, cgroup);
  });
}
