/** Carries out plans: the one writer of a pin folder. */
export type { DaemonConnections } from "./control.ts";
export { type DetachReport, detach } from "./detach.ts";
export { ApplyError, diagnosticOf } from "./error.ts";
export { isMapPin, isTextPin, pinNames, pointOfLink } from "./pin-names.ts";
export { arrayPin, programPin } from "./pinned-ids.ts";
export { poolName } from "./pools.ts";
export type { ProgramLog } from "./program-log.ts";
export type { ApplyReport } from "./report.ts";
export { decodePublished, decodeRoot, ROOT, ROOT_SIZE, type RootRead } from "./root.ts";
export { servingSet } from "./serving.ts";
export { openSession, type Session, type SessionOptions } from "./session.ts";
export { listSets, type PinSet, withPin } from "./sets.ts";
export { readText } from "./text.ts";
