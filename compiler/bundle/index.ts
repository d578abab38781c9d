export type * from "./format.ts";
export { BUNDLE_FORMAT } from "./format.ts";
export { type NamesFile, namesFile, namesHash, namesOfFile } from "./names.ts";
export { type BundleParts, digestOf, type PackedBundle, type PackedObject, packBundle, sha256 } from "./pack.ts";
export { type ReadBundle, readBundle } from "./read.ts";
export { isBundleFolder, writeBundle } from "./write.ts";
