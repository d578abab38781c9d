import type { Kernel } from "../kernel/index.ts";
import { ApplyError } from "./error.ts";
import { isOurPin } from "./pin-names.ts";

export interface DetachReport {
  /** Pins that were removed, in order. */
  readonly removed: readonly string[];
}

/**
 * Detaches the programs and removes every pin, links first: connections that come meanwhile pass untouched. Connections that stand go on.
 */
export function detach(kernel: Kernel, folder: string): DetachReport {
  const pins = kernel.listPins(folder).filter(isOurPin);
  if (pins.length === 0) throw new ApplyError("KM6204", folder, "nothing is applied there", "give the folder of the apply with --pin");
  const lock = kernel.lock(folder);
  try {
    const isConnect = (name: string): boolean => name.startsWith("link_connect");
    const isLink = (name: string): boolean => name.startsWith("link_");
    const removed = [...pins.filter(isConnect), ...pins.filter((p) => isLink(p) && !isConnect(p)), ...pins.filter((p) => !isLink(p))];
    for (const name of removed) {
      if (isLink(name)) endAttachment(kernel, `${folder}/${name}`);
      kernel.unpin(`${folder}/${name}`);
    }
    if (kernel.listPins(folder).length === 0) kernel.removePinFolder(folder);
    return { removed };
  } finally {
    kernel.close(lock);
  }
}

function endAttachment(kernel: Kernel, path: string): void {
  const link = kernel.openPin(path);
  try {
    kernel.detachLink(link);
  } finally {
    kernel.close(link);
  }
}
