export { parseXdsAddress } from "./address.ts";
export { readGrpcBootstrap } from "./bootstrap.ts";
export { openXdsClient, type XdsClientOptions } from "./client.ts";
export { systemClock, type XdsClock } from "./clock.ts";
export type { XdsSecurity } from "./credentials.ts";
// grpc.ts is a door of its own: gRPC is a third of what a daemon loads, and one that watches a file needs none.
export type { GrpcOptions } from "./grpc.ts";
export { type Environment, type IdentityOptions, identityFromEnv, type XdsIdentity } from "./identity.ts";
export { defaultLimits, defaultTimes, type LimitSpec, type XdsLimits, type XdsTimes, xdsLimitSpecs } from "./limits.ts";
export { type NamesOf, namesOf } from "./names.ts";
export { kinds, typeUrls } from "./protocol.ts";
export type { XdsNode } from "./request.ts";
export { type SnapshotOptions, watchSnapshot } from "./snapshot.ts";
export type { StreamHandlers, XdsStream, XdsTransport } from "./transport.ts";
export type * from "./types.ts";
