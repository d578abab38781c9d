import { UsageError } from "./exit.ts";

/** Errors of the file system become UsageErrors that say what could not be done. */
export function failing<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw new UsageError(`${what}: ${error.message}`);
    throw error;
  }
}
