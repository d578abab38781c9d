import type { Fd, Kernel } from "../kernel/index.ts";

/** A text in a map of its own: the daemon's notes live where its state lives, and end with it. NUL pads it. */
export function createText(kernel: Kernel, name: string, text: string): Fd {
  return kernel.createBlob(name, new TextEncoder().encode(text));
}

export function readText(kernel: Kernel, path: string): string {
  const fd = kernel.openPin(path);
  try {
    const mapping = kernel.map(fd, kernel.mapInfo(fd).valueSize);
    const end = mapping.bytes.indexOf(0);
    const text = new TextDecoder().decode(mapping.bytes.slice(0, end < 0 ? mapping.bytes.length : end));
    mapping.unmap();
    return text;
  } finally {
    kernel.close(fd);
  }
}
