import { asciiLower, wireText } from "../bytes.ts";
import type { HirRouteConfig, HirVirtualHost } from "../model.ts";
import type { HttpRequest } from "./request.ts";
import { portStart } from "./strip-host.ts";

export type ChooseVhost = (request: HttpRequest) => HirVirtualHost | undefined;

/** Exact, longest suffix, longest prefix, `*`; a wildcard stands for at least one character. The choice is final. */
export function indexVhosts(config: HirRouteConfig): ChooseVhost {
  const exact = new Map<string, HirVirtualHost>();
  const suffixes = new Map<number, Map<string, HirVirtualHost>>();
  const prefixes = new Map<number, Map<string, HirVirtualHost>>();
  let rest: HirVirtualHost | undefined;
  const put = (byLength: typeof suffixes, text: string, vhost: HirVirtualHost) => {
    const entries = byLength.get(text.length) ?? new Map<string, HirVirtualHost>();
    byLength.set(text.length, entries);
    if (!entries.has(text)) entries.set(text, vhost);
  };
  for (const vhost of config.vhosts) {
    for (const name of vhost.domains) {
      const domain = wireText(name);
      if (domain === "*") rest ??= vhost;
      else if (domain.startsWith("*")) put(suffixes, domain.slice(1), vhost);
      else if (domain.endsWith("*")) put(prefixes, domain.slice(0, -1), vhost);
      else if (!exact.has(domain)) exact.set(domain, vhost);
    }
  }
  // With nothing but `*` Envoy does not look for the name at all, so that vhost_header plays no part.
  if (exact.size + suffixes.size + prefixes.size === 0) return () => rest;
  const longest = (byLength: typeof suffixes) => [...byLength].sort(([a], [b]) => b - a);
  const bySuffix = longest(suffixes);
  const byPrefix = longest(prefixes);
  return (request) => {
    let host: string | undefined = config.vhostHeader === undefined ? request.authority : request.values(config.vhostHeader)[0];
    if (host === undefined) return undefined;
    if (config.ignorePortInHost) {
      const port = portStart(host);
      if (port >= 0) host = host.slice(0, port);
    }
    const name = asciiLower(host);
    const found = exact.get(name);
    if (found) return found;
    for (const [length, entries] of bySuffix) {
      const entry = length < name.length ? entries.get(name.slice(-length)) : undefined;
      if (entry) return entry;
    }
    for (const [length, entries] of byPrefix) {
      const entry = length < name.length ? entries.get(name.slice(0, length)) : undefined;
      if (entry) return entry;
    }
    return rest;
  };
}
