export { align } from "./align.ts";
export { type Chunk, createChunks } from "./chunks.ts";
export { createEach } from "./each.ts";
export { createFinder, type Places } from "./finder.ts";
export { createLast, type Last } from "./last.ts";
export { createLookUps, type LookUp } from "./look-ups.ts";
export { perObject } from "./per-object.ts";
export { type PerTextLimits, perText } from "./per-text.ts";
export { createSlot, type Slot } from "./slot.ts";
