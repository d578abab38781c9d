import type { HirModel, HirRouteConfig, HirVirtualHost } from "../index.ts";
import { portStart } from "../interpret/strip-host.ts";

/** A virtual host that takes a host name, and by which of its domains. */
export interface FoundHost {
  readonly config: HirRouteConfig;
  readonly vhost: HirVirtualHost;
  readonly domain: string;
}

/** In each table the virtual host that takes `host`, as Envoy looks for it: exact, longest suffix, longest prefix, `*`. */
export function findHosts(model: HirModel, host: string): readonly FoundHost[] {
  return model.routeConfigs.flatMap((config) => {
    const port = config.ignorePortInHost ? portStart(host) : -1;
    const name = (port < 0 ? host : host.slice(0, port)).toLowerCase();
    const taking = config.vhosts.flatMap((vhost) =>
      vhost.domains.filter((domain) => takes(domain, name)).map((domain): FoundHost => ({ config, vhost, domain })),
    );
    return taking.sort((a, b) => rankOf(b.domain) - rankOf(a.domain) || b.domain.length - a.domain.length).slice(0, 1);
  });
}

function takes(domain: string, name: string): boolean {
  if (domain === "*") return true;
  if (domain.startsWith("*")) return name.length >= domain.length && name.endsWith(domain.slice(1));
  if (domain.endsWith("*")) return name.length >= domain.length && name.startsWith(domain.slice(0, -1));
  return domain === name;
}

function rankOf(domain: string): number {
  if (domain === "*") return 0;
  return domain.startsWith("*") ? 2 : domain.endsWith("*") ? 1 : 3;
}
