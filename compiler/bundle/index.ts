export type * from "./format.ts";
export { BUNDLE_FORMAT, MANIFEST_FILE } from "./format.ts";
export { heldNames, type NamesFile, namesBytes, namesFile, namesHash, namesOfFile, namesOfParts } from "./names.ts";
export { type BundleParts, digestOf, type PackedBundle, type PackedObject, packBundle } from "./pack.ts";
export { type ReadBundle, readBundle } from "./read.ts";
export { sha256 } from "./sha256.ts";
export { isBundleFolder, writeBundle } from "./write.ts";
