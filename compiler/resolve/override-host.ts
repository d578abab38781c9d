import type { MetadataKey, OverrideHost } from "../decode/gen/types.ts";
import { refuse, type Scope } from "./scope.ts";

/** Refuses what Envoy refuses of override_host: the one policy to which it applies its proto's rules, and only where it is the one taken. */
export function checkOverrideHost(
  scope: Scope,
  { override_host_sources: sources = [], selected_host_key: key }: OverrideHost,
  path: string,
): void {
  const no = (at: string, message: string, hint: string): void => refuse(scope, "KM2441", `${path}.${at}`, message, hint);
  if (sources.length === 0) no("override_host_sources", "no source names the endpoint", "name a header or metadata");
  for (const [i, { header = "", metadata }] of sources.entries()) {
    const at = `override_host_sources[${i}]`;
    if (header === "" && !metadata) no(at, "neither header nor metadata is set", "set one of them");
    if (header !== "" && metadata) no(at, "header and metadata are both set", "leave one of them out");
    if (/[\0\r\n]/.test(header)) no(`${at}.header`, "a header's name has no line breaks", "name one header");
    if (metadata && !isWhole(metadata)) no(`${at}.metadata`, "the metadata has no key, or no path of keys and indexes", "set both");
  }
  if (key && !isWhole(key)) no("selected_host_key", "the metadata has no key, or no path of keys and indexes", "set both");
}

function isWhole({ key = "", path = [] }: MetadataKey): boolean {
  return key !== "" && path.length > 0 && path.every((segment) => (segment.key ?? "") !== "" || segment.index !== undefined);
}
