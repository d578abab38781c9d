import type { HttpConnectionManager } from "../decode/gen/types.ts";
import type { HirHeaderMatch, HirRoute } from "../hir/index.ts";
import { httpFilterClass } from "./filter-names.ts";

/** The code of what is left to a proxy, told where the filter stands. */
export const grpcWebPunt = "KM2220";

/** Whether requests may be translated. A filter that is off counts, too: a route may switch it on. */
export function hasGrpcWeb({ http_filters: filters = [] }: HttpConnectionManager): boolean {
  return filters.some((filter) => httpFilterClass(filter) === "grpc_web");
}

const isGrpcWeb: HirHeaderMatch = {
  name: "content-type",
  invert: false,
  missingAsEmpty: false,
  value: { kind: "prefix", value: "application/grpc-web", ignoreCase: true },
};

/**
 * The route that stands before `route` where a chain translates gRPC-Web: Envoy makes such requests, and its replies to them, others than they
 * are. A redirect stays one.
 */
export function grpcWebRoutes(route: HirRoute): readonly HirRoute[] {
  const { kind } = route.action;
  // What can't be told to match is left to a proxy anyway.
  if (route.punt !== undefined || kind === "punt" || kind === "redirect") return [];
  const { fraction: _share, ...match } = route.match;
  return [
    {
      ...route,
      path: `${route.path}.grpc_web`,
      match: { ...match, headers: [...match.headers, isGrpcWeb] },
      action: { kind: "punt", why: grpcWebPunt },
      treatment: {},
    },
  ];
}
