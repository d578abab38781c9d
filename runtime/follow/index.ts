/** From updates of a control plane to what the kernel holds. */
export { createFallbacks, type Fallbacks } from "./fallbacks.ts";
export { fallbacksFile } from "./fallbacks-file.ts";
export { createFollow, type Follow, type FollowOptions, type FollowStatus } from "./follow.ts";
export { fallbackLimitSpecs } from "./limits.ts";
export { createLocalBuilder } from "./local-builder.ts";
export { bucketBounds, type Numbers, newNumbers, type Timed, took } from "./numbers.ts";
export { type LastGood, openLastGood } from "./state-folder.ts";
export type { Builder, BuildRequest, BuildResult, Built, Change } from "./types.ts";
export { createWorkerBuilder } from "./worker-builder.ts";
