/** Small files that outlive the daemon, and their folder. */
export { createKeeper, type Keeper, type KeeperOptions } from "./keeper.ts";
export { makeFolder } from "./make-folder.ts";
export { replaceFile } from "./replace-file.ts";
