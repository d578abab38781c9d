import { assertNever } from "../../diag/index.ts";
import { perObject } from "../../memo/index.ts";
import type { DecisionShare, Outcome } from "../decision.ts";
import { anyDraw, type Condition, probabilityOf, splitDraw } from "../draw.ts";
import type { HirAction, HirHttp, HirRoute, HirRouteConfig, HirVirtualHost } from "../model.ts";
import { chooseCluster } from "./choose-cluster.ts";
import { type ChooseVhost, indexVhosts } from "./choose-vhost.ts";
import type { RequestTest } from "./match-header.ts";
import { compileRoute } from "./match-route.ts";
import type { HttpRequest } from "./request.ts";

/** A route table, its virtual hosts compiled when they are first met. */
export interface RouteTable {
  readonly config: HirRouteConfig;
  readonly chooseVhost: ChooseVhost;
  readonly routesOf: (vhost: HirVirtualHost) => readonly CompiledRoute[];
}

/** A table that stays is indexed once. */
const vhostsOf = perObject(indexVhosts);

export interface CompiledRoute {
  readonly route: HirRoute;
  readonly test: RequestTest;
}

export function indexRoutes(config: HirRouteConfig): RouteTable {
  const compiled = new Map<HirVirtualHost, readonly CompiledRoute[]>();
  const routesOf = (vhost: HirVirtualHost) => {
    let routes = compiled.get(vhost);
    if (!routes) {
      routes = vhost.routes.map((route) => ({ route, test: compileRoute(route, config) }));
      compiled.set(vhost, routes);
    }
    return routes;
  };
  return { config, chooseVhost: vhostsOf(config), routesOf };
}

/** What is asked besides the request itself. */
export interface RequestContext {
  readonly http: HirHttp;
  /** Lower case; `connect` for CONNECT. */
  readonly upgrade?: string | undefined;
  /** A cluster's name by its wire text; absent when there is none. */
  readonly findCluster: (name: string) => string | undefined;
}

type Share = Omit<DecisionShare, "listener" | "chain">;

const noRoute: Outcome = { kind: "respond", why: "no_route", status: 404 };

/** The route table's answer for a request. */
export function decideRequest(request: HttpRequest, table: RouteTable | undefined, context: RequestContext): readonly Share[] {
  const vhost = table?.chooseVhost(request);
  if (!table || !vhost) return [{ probability: 1, outcome: noRoute }];
  // Envoy takes an empty scheme, or none, for a request that was refused before; internal_only_headers may have taken it away.
  if ((request.values("x-forwarded-proto")[0] ?? "") === "") return [{ probability: 1, vhost: vhost.path, outcome: noRoute }];
  if (requiresTls(vhost, request)) {
    const outcome: Outcome = mayUpgrade(undefined, context) ? { kind: "redirect", by: "require_tls" } : forbidden;
    return [{ probability: 1, vhost: vhost.path, outcome }];
  }
  if (vhost.punt !== undefined) return [{ probability: 1, vhost: vhost.path, outcome: { kind: "punt", why: vhost.punt } }];

  const shares: Share[] = [];
  let left: Condition | undefined = anyDraw;
  for (const { route, test } of table.routesOf(vhost)) {
    if (route.punt !== undefined) {
      shares.push({ probability: probabilityOf(left), vhost: vhost.path, route: route.path, outcome: { kind: "punt", why: route.punt } });
      return shares;
    }
    if (!test(request)) continue;
    const split: ReturnType<typeof splitDraw> = route.match.fraction
      ? splitDraw(left, route.match.fraction)
      : { taken: left, left: undefined };
    if (split.taken) {
      for (const share of actOn(route, split.taken, request, context)) {
        shares.push({ ...share, vhost: vhost.path, route: route.path });
      }
    }
    if (!split.left) return shares;
    left = split.left;
  }
  shares.push({ probability: probabilityOf(left), vhost: vhost.path, outcome: noRoute });
  return shares;
}

/** The client's x-forwarded-proto counts, for nothing but plaintext arrives here. */
function requiresTls(vhost: HirVirtualHost, request: HttpRequest): boolean {
  if (vhost.requireTls === "none" || request.values("x-forwarded-proto")[0] === "https") return false;
  return vhost.requireTls === "all" || request.values("x-envoy-internal")[0] !== "true";
}

const forbidden: Outcome = { kind: "respond", why: "bad_request", status: 403 };

/** Upgrades (CONNECT is one) need leave of the connection manager or of the route; the route's word is the last. */
function mayUpgrade(action: HirAction | undefined, context: RequestContext): boolean {
  const { upgrade } = context;
  if (upgrade === undefined) return true;
  const ofRoute =
    action?.kind !== "forward"
      ? undefined
      : upgrade === "connect"
        ? action.connect
        : upgrade === "websocket"
          ? action.websocket
          : undefined;
  return ofRoute ?? context.http.upgrades.includes(upgrade);
}

function actOn(
  route: HirRoute,
  condition: Condition,
  request: HttpRequest,
  context: RequestContext,
): readonly Pick<Share, "probability" | "weighted" | "outcome">[] {
  const { action } = route;
  const one = (outcome: Outcome) => [{ probability: probabilityOf(condition), outcome }];
  if (action.kind === "punt") return one({ kind: "punt", why: action.why });
  if (!mayUpgrade(action, context)) return one(forbidden);
  switch (action.kind) {
    case "redirect":
      return one({ kind: "redirect", by: "route" });
    case "respond":
      return one({ kind: "respond", why: "direct_response", status: action.status });
    case "non_forwarding":
      return one({ kind: "respond", why: "no_cluster", status: 503 });
    case "forward":
      return chooseCluster(action.target, condition, request).map(({ probability, cluster, weighted }) => {
        const found = context.findCluster(cluster);
        const outcome: Outcome =
          found === undefined ? { kind: "respond", why: "no_cluster", status: action.notFoundStatus } : { kind: "cluster", cluster: found };
        return weighted === undefined ? { probability, outcome } : { probability, weighted, outcome };
      });
    default:
      return assertNever(action);
  }
}
