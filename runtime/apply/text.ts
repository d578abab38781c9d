import type { Fd, Kernel } from "../kernel/index.ts";
import { mapFlags, mapType } from "../kernel/layouts.ts";
import { withPin } from "./sets.ts";

/** A text in a map of its own: the daemon's notes live where its state lives, and end with it. NUL pads it. */
export function createText(kernel: Kernel, name: string, text: string | Uint8Array): Fd {
  return kernel.createBlob(name, typeof text === "string" ? new TextEncoder().encode(text) : text);
}

/** Whether a pin is a map that createText made, by its form. */
export function isText(kernel: Kernel, path: string): boolean {
  return withPin(kernel, path, (fd) => {
    if (kernel.kindOf(fd) !== "map") return false;
    const { type, maxEntries, flags } = kernel.mapInfo(fd);
    return type === mapType.array && maxEntries === 1 && (flags & mapFlags.mmapable) !== 0;
  });
}

export function readText(kernel: Kernel, path: string): string {
  return withPin(kernel, path, (fd) => {
    const mapping = kernel.map(fd, kernel.mapInfo(fd).valueSize);
    const end = mapping.bytes.indexOf(0);
    const text = new TextDecoder().decode(mapping.bytes.slice(0, end < 0 ? mapping.bytes.length : end));
    mapping.unmap();
    return text;
  });
}
