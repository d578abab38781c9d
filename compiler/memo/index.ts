export { createLast, type Last } from "./last.ts";
export { perObject } from "./per-object.ts";
export { type PerTextLimits, perText } from "./per-text.ts";
export { createSlot, type Slot } from "./slot.ts";
