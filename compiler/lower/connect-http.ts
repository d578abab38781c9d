import type { DiagnosticSink } from "../diag/index.ts";
import type { HirHttp, HirModel, HirRoute, HirRouteConfig, HirTarget, HirTreatment, HirVirtualHost } from "../hir/index.ts";
import type { LirLeaf } from "../lir/connect.ts";
import type { ConnectTargets } from "./connect-target.ts";

/**
 * Strength reduction: what an HTTP connection manager does with every request alike, decided at connect; undefined where the head matters.
 *
 * One virtual host `*`, whose first route takes every path and forwards, with no treatment that the upstream would see, no answer of its
 * own (fault, drop, redirect, missing cluster), and nothing that reads the request (cluster_header, vhost_header...).
 */
export function reduceHttp(http: HirHttp, model: HirModel, targets: ConnectTargets): LirLeaf | undefined {
  const table = tableOf(http, targets);
  const [vhost, another] = table?.vhosts ?? [];
  if (!vhost || another || !vhost.domains.includes("*")) return undefined;
  return reduceVhost(http, vhost, model, targets);
}

/** The same of one virtual host, whatever its domains. */
export function reduceVhost(http: HirHttp, vhost: HirVirtualHost, model: HirModel, targets: ConnectTargets): LirLeaf | undefined {
  const table = tableOf(http, targets);
  if (!table || table.vhostHeader !== undefined || treats(table.treatment)) return undefined;
  if (http.fault?.abort || http.fault?.delay) return undefined;
  if (http.stripHostPort !== "none" || http.stripTrailingHostDot) return undefined;
  if (http.escapedSlashes === "reject" || http.escapedSlashes === "unescape_and_redirect" || http.underscores !== "allow") return undefined;
  if (vhost.requireTls !== "none" || vhost.punt !== undefined || treats(vhost.treatment)) return undefined;
  const route = vhost.routes[0];
  if (!route || !takesEverything(route) || treats(route.treatment) || route.fault?.abort || route.fault?.delay) return undefined;
  if (route.action.kind !== "forward" || route.action.connect) return undefined;
  if (!carries(route.action.target, model, targets)) return undefined;
  const leaf = targets.target(route.action.target);
  if (leaf) noteAsWritten(http, vhost, targets.sink);
  return leaf;
}

/** The route table of a connection manager; undefined where RDS names one that is not there. */
export function tableOf(http: HirHttp, targets: ConnectTargets): HirRouteConfig | undefined {
  const id = http.routeConfig === undefined ? undefined : targets.ids.routeConfigIds.get(http.routeConfig);
  return id === undefined ? undefined : targets.ids.routeConfigs[id];
}

function takesEverything({ match, punt }: HirRoute): boolean {
  if (punt !== undefined || match.never || match.grpc || match.fraction) return false;
  if (match.headers.length > 0 || match.query.length > 0 || match.cookies.length > 0) return false;
  return match.path.kind === "prefix" && (match.path.value === "/" || match.path.value === "");
}

/** Only clusters that are there, and neither drop requests nor take the address from a header: else some requests get an answer. */
function carries(target: HirTarget, model: HirModel, targets: ConnectTargets): boolean {
  if (target.kind === "cluster_header") return false;
  if (target.kind === "weighted") {
    if (target.headerName !== undefined || target.entries.some((e) => treats(e.treatment))) return false;
    return target.entries.every((e) => e.target.kind === "cluster" && carries(e.target, model, targets));
  }
  const id = targets.ids.clusterIds.get(target.cluster);
  if (id === undefined) return false;
  const cluster = model.clusters[id]!;
  return cluster.drop === undefined && cluster.originalDstHeader === undefined;
}

function treats(treatment: HirTreatment): boolean {
  return (
    treatment.prefixRewrite !== undefined ||
    treatment.regexRewrite !== undefined ||
    treatment.hostRewrite !== undefined ||
    (treatment.requestHeadersAdd?.length ?? 0) > 0 ||
    (treatment.requestHeadersRemove?.length ?? 0) > 0
  );
}

function noteAsWritten(http: HirHttp, vhost: HirVirtualHost, sink: DiagnosticSink): void {
  const normalises = http.normalizePath || http.mergeSlashes || http.escapedSlashes !== "keep";
  const adds = http.via !== "" || http.appendForwardedPort || vhost.attemptCount;
  if (!normalises && !adds) return;
  sink.note(
    "KM3002",
    "HttpConnectionManager.normalize_path",
    () => http.path,
    "every request goes the same way, so the connection is decided at connect() and requests reach the upstream as the client wrote them",
  );
}
