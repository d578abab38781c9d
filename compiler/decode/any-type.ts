import { loadSchema } from "./plan/schema.ts";

/** The message's full name in a type URL: what follows the last `/`. Undefined when there is no `/` or nothing after it: Envoy refuses that. */
export function typeNameOf(url: string): string | undefined {
  const slash = url.lastIndexOf("/");
  return slash < 0 || slash === url.length - 1 ? undefined : url.slice(slash + 1);
}

/** A struct that stands for the message it names. */
export function isTypedStruct(name: string): boolean {
  return name === "xds.type.v3.TypedStruct" || name === "udpa.type.v1.TypedStruct";
}

/** Whether messages of this type are read where they stand in an Any. */
export function isKnownAny(name: string): boolean {
  return loadSchema().anyTypes.has(name);
}

export const noTypeMessage = "a typed value needs a type URL with a slash and a name after it";
