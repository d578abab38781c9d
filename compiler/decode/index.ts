export { messageIn } from "./any.ts";
export { isOfOtherBuild, typeNameOf } from "./any-type.ts";
export { whyUnresolved } from "./plan/refusals/cluster.ts";
export { type ProtoSubset, protoFieldId, protoSubset } from "./plan/subset.ts";
export { createDecoder, decodeResource, readRawResources } from "./resource.ts";
export { decodeSnapshot } from "./snapshot.ts";
export type * from "./types.ts";
export { createEarlierVersions, type EarlierVersions } from "./wire/earlier.ts";
export { newStencils, type Stencils } from "./wire/stencils.ts";
