/** Carries out plans: the one writer of a pin folder. */
export { type DetachReport, detach } from "./detach.ts";
export { ApplyError, diagnosticOf } from "./error.ts";
export { HEADER_SIZE, rootValue } from "./live.ts";
export { isMapPin, isOurPin, pinNames } from "./pin-names.ts";
export { poolName } from "./pools.ts";
export type { ProgramLog } from "./program-log.ts";
export { type ApplyReport, openSession, type Session } from "./session.ts";
export { readText } from "./text.ts";
