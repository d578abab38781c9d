/** Collects this thread's garbage where the engine would do it late, or while somebody waits. */
export { collectGarbage, collectOnce, collectYoung } from "./collect.ts";
