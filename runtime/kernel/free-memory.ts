import { library } from "./library.ts";

/**
 * Gives the system back the pages of what this process has freed: the C library keeps those that lie between others in use. In another
 * thread, as it takes some milliseconds. malloc_trim(3).
 */
export function returnFreeMemory(): void {
  library().mallocTrim.async(0, () => {});
}
