/** When this thread's garbage is collected: where the engine would do it late, or where somebody waits. */
export { collectGarbage, collectOnce, collectYoung } from "./collect.ts";
