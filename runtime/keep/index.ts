/** Small files that outlive the daemon. */
export { createKeeper, type Keeper, type KeeperOptions } from "./keeper.ts";
export { replaceFile } from "./replace-file.ts";
