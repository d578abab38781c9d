import { type Library, registerPrint } from "./library.ts";

let lines: string[] | undefined;

/** Runs `action`; libbpf's warnings meanwhile are returned instead of written to stderr. */
export function captureMessages<T>(library: Library, action: () => T): { readonly value: T; readonly messages: readonly string[] } {
  const collected = listen(library);
  collected.length = 0;
  const value = action();
  return { value, messages: [...collected] };
}

function listen(library: Library): string[] {
  if (lines) return lines;
  const collected: string[] = [];
  lines = collected;
  const buffer = Buffer.alloc(16_384);
  const callback = registerPrint((level, format, args) => {
    // LIBBPF_WARN: the other levels are chatter.
    if (level > 0) return 0;
    const length = library.vsnprintf(buffer, buffer.length, format, args);
    collected.push(buffer.toString("utf8", 0, Math.max(0, Math.min(length, buffer.length - 1))).trimEnd());
    return length;
  });
  library.setPrint(callback);
  return collected;
}
