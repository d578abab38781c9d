import { loadSchema } from "./plan/schema.ts";
import type { XdsAny } from "./types.ts";

/** The message's full name in a type URL: what follows the last `/`, all of it if there is none. */
export function typeNameOf(url: string): string {
  let name = typeNames.get(url);
  if (name === undefined) {
    name = url.slice(url.lastIndexOf("/") + 1);
    if (typeNames.size < maxTypeNames) typeNames.set(url, name);
  }
  return name;
}

/** A mesh names a few types a hundred thousand times; a hostile one may name as many as it likes. */
const typeNames = new Map<string, string>();
const maxTypeNames = 1000;

/** The same for an `@type` of JSON, where Envoy wants a slash and something on both sides of it; undefined where it refuses. */
export function jsonTypeNameOf(url: unknown): string | undefined {
  if (typeof url !== "string" || url.lastIndexOf("/") < 1) return undefined;
  const name = typeNameOf(url);
  return name === "" ? undefined : name;
}

/** A struct that stands for the message it names. */
export function isTypedStruct(name: string): boolean {
  return name === "xds.type.v3.TypedStruct" || name === "udpa.type.v1.TypedStruct";
}

/** Whether messages of this type are read where they stand in an Any. */
export function isKnownAny(name: string): boolean {
  return loadSchema().anyTypes.has(name);
}

/** An Any that names no type, where it may. */
export const emptyAny: XdsAny = { any: "" };

export const noTypeMessage = "a typed value needs a type URL with a slash and a name after it";

/** Envoy 1.40 applies the protos' rules to every extension's config but load balancing policies' (tried on it). */
export function isValidated(name: string): boolean {
  return !name.startsWith("envoy.extensions.load_balancing_policies.");
}

/** Whether a type may be one that Istio's or Cilium's build of Envoy has: it is theirs to judge. */
export function isOfOtherBuild(type: string): boolean {
  return /^(?:istio|io\.istio|cilium)\./.test(type);
}
