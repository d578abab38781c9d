import type { KnownAny } from "./gen/types.ts";
import type { XdsAny } from "./types.ts";

/** The message in `any`, typed, when it is one of type `name`; else undefined. */
export function messageIn<Name extends keyof KnownAny>(any: XdsAny | undefined, name: Name): KnownAny[Name] | undefined {
  return any?.any === name ? (any.value as KnownAny[Name] | undefined) : undefined;
}
