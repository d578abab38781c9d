import type { HttpConnectionManager } from "../decode/gen/types.ts";
import type { HirRoute } from "../hir/index.ts";
import { httpFilterClass } from "./filter-names.ts";
import { headerIs, puntInFront } from "./route-in-front.ts";

/** The code of what is left to a proxy, told where the filter stands. */
export const grpcWebPunt = "KM2220";

/** Whether requests may be translated. A filter that is off counts, too: a route may switch it on. */
export function hasGrpcWeb({ http_filters: filters = [] }: HttpConnectionManager): boolean {
  return filters.some((filter) => httpFilterClass(filter) === "grpc_web");
}

const isGrpcWeb = headerIs("content-type", { kind: "prefix", value: "application/grpc-web", ignoreCase: true });

/**
 * The route that stands before `route` where a chain translates gRPC-Web: Envoy makes such requests, and its replies to them, others than they
 * are. A redirect stays one.
 */
export function grpcWebRoutes(route: HirRoute): readonly HirRoute[] {
  const { kind } = route.action;
  // What can't be told to match is left to a proxy anyway.
  if (route.punt !== undefined || kind === "punt" || kind === "redirect") return [];
  return [puntInFront(route, "grpc_web", isGrpcWeb, grpcWebPunt)];
}
