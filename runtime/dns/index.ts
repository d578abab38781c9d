/** Host names and their addresses. It knows no clusters. */
export { type AnswersFile, answersFile } from "./answers-file.ts";
export { serversProblem } from "./channels.ts";
export type { ResolverClock } from "./clock.ts";
export { dnsLimits } from "./limits.ts";
export { type MachineOptions, machineAsk } from "./machine.ts";
export { createResolver, type Resolver, type ResolverOptions, type ResolverStatus } from "./resolver.ts";
export type { Answers, Ask, Family, HostnameQuery, Lookup, Outcome, Refresh } from "./types.ts";
