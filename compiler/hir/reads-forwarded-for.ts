import { perObject } from "../memo/index.ts";
import type { HirHeaderMatch, HirRoute, HirRouteConfig, HirTarget, HirTreatment, HirVirtualHost } from "./model.ts";

const name = "x-forwarded-for";

/** Whether x-forwarded-for has a part in what a route table decides, or in another header that it makes. */
export const readsForwardedFor = perObject(({ vhostHeader, treatment, vhosts }: HirRouteConfig): boolean => {
  return vhostHeader === name || uses(treatment) || vhosts.some(vhostReads);
});

const vhostReads = perObject(({ treatment, routes }: HirVirtualHost): boolean => uses(treatment) || routes.some(routeReads));

function routeReads({ match, action, treatment, fault }: HirRoute): boolean {
  return matches(match.headers) || matches(fault?.headers ?? []) || uses(treatment) || (action.kind === "forward" && picks(action.target));
}

function matches(headers: readonly HirHeaderMatch[]): boolean {
  return headers.some((header) => header.name === name);
}

function picks(target: HirTarget): boolean {
  switch (target.kind) {
    case "cluster":
      return false;
    case "cluster_header":
      return target.header === name;
    case "weighted":
      return target.headerName === name || target.entries.some((entry) => picks(entry.target) || uses(entry.treatment));
  }
}

/** In the format of a value it stands as an operator's argument. */
function uses({ hostRewrite, requestHeadersAdd }: HirTreatment): boolean {
  if (hostRewrite?.kind === "header" && hostRewrite.header === name) return true;
  return requestHeadersAdd?.some((header) => header.name.toLowerCase() === name || header.value.toLowerCase().includes(name)) ?? false;
}
