import { compareText } from "../../diag/index.ts";
import type { HirAction, HirRoute, HirRouteConfig, HirVirtualHost, HirWeighted } from "../index.ts";
import { alignTexts } from "./align-texts.ts";
import { type Change, change, compareFacts, type Facts, numbered, plainFacts } from "./changes.ts";
import { compareItems, pairUp } from "./pairs.ts";
import type { SeenNames } from "./seen-names.ts";
import { describeAction, describeMatch, describeTarget, describeTreatment, exactShares, maxBody, quote, xdsPath } from "./words.ts";

/** Of two tables of one path: options, virtual hosts, routes. */
export function diffRouteConfig(a: HirRouteConfig, b: HirRouteConfig, seen: SeenNames): Change[] {
  const facts = (r: HirRouteConfig): Facts => ({
    ...plainFacts(r, ["name", "path", "vhosts", "treatment"]),
    treatment: describeTreatment(r.treatment),
  });
  const domains = (v: HirVirtualHost): string => `for ${domainsOf(v)}`;
  return [
    ...compareFacts(b.path, "route_configuration", facts(a), facts(b)),
    ...compareItems(a.vhosts, b.vhosts, [(v) => v.name, domainsOf], {
      added: (v) => [change("added", "virtual_host", v.path, domains(v))],
      removed: (v) => [change("removed", "virtual_host", v.path, domains(v))],
      both: (x, y) => diffVirtualHost(x, y, seen),
    }),
  ];
}

/** Their order decides nothing. */
function domainsOf(v: HirVirtualHost): string {
  return [...v.domains].sort(compareText).map(quote).join(", ");
}

function diffVirtualHost(a: HirVirtualHost, b: HirVirtualHost, seen: SeenNames): Change[] {
  const facts = (v: HirVirtualHost): Facts => ({
    domains: domainsOf(v),
    require_tls: v.requireTls,
    include_request_attempt_count: v.attemptCount ? "true" : "",
    treatment: describeTreatment(v.treatment),
    proxy: v.punt ?? "",
    ...plainFacts(v, ["name", "path", "domains", "requireTls", "routes", "punt", "attemptCount", "treatment"]),
  });
  return [...compareFacts(b.path, "virtual_host", facts(a), facts(b)), ...diffRoutes(a.routes, b.routes, seen)];
}

/** Routes have an order and often no name: aligned by the longest common subsequence of their matches; what is left under one match has moved. */
function diffRoutes(a: readonly HirRoute[], b: readonly HirRoute[], seen: SeenNames): Change[] {
  const kept = alignTexts(a.map(describeMatch), b.map(describeMatch)).map(([x, y]) => [a[x]!, b[y]!] as const);
  const stays = new Set(kept.flat());
  const [left, right] = [a, b].map((routes) => routes.filter((r) => !stays.has(r)));
  const { both: moved, removed, added } = pairUp(left!, right!, [describeMatch]);
  const at = new Map([...a.entries(), ...b.entries()].map(([place, r]) => [r, place]));
  const line = (r: HirRoute): string => `${describeMatch(r)}: ${describeAction(r.action)}`;
  const said = [
    ...removed.map((r) => ({ at: at.get(r)!, changes: [change("removed", "route", xdsPath(r), line(r))] })),
    ...added.map((r) => ({ at: at.get(r)!, changes: [change("added", "route", xdsPath(r), line(r))] })),
    ...moved.map(([x, y]) => ({
      at: at.get(y)!,
      changes: [
        ...(placeOf(x) === placeOf(y)
          ? []
          : [change("changed", "route", xdsPath(y), `${describeMatch(y)}: place: ${placeOf(x)} -> ${placeOf(y)}`)]),
        ...diffRoute(x, y, seen),
      ],
    })),
    ...kept.map(([x, y]) => ({ at: at.get(y)!, changes: diffRoute(x, y, seen) })),
  ];
  return said.sort((x, y) => x.at - y.at).flatMap(({ changes }) => changes);
}

/** `routes[3]`. */
function placeOf(route: HirRoute): string {
  const path = xdsPath(route);
  return path.slice(path.lastIndexOf(".") + 1);
}

function diffRoute(a: HirRoute, b: HirRoute, seen: SeenNames): Change[] {
  const isRounded = describeAction(a.action) === describeAction(b.action);
  const facts = (r: HirRoute): Facts => ({
    name: seen.routes ? quote(r.name) : "",
    goes: describeAction(r.action),
    ...(isRounded && r.action.kind === "forward" ? { shares: exactShares(r.action.target) } : {}),
    ...actionFacts(r.action),
    treatment: describeTreatment(r.treatment),
    fault: r.fault ? JSON.stringify(r.fault) : "",
    proxy: r.punt ?? "",
    ...plainFacts(r, ["name", "path", "inFrontOf", "match", "action", "treatment", "fault", "punt"]),
  });
  // Its place tells which of the older table's routes it was.
  const place = placeOf(a) === placeOf(b) ? describeMatch(b) : `${describeMatch(b)} (was ${placeOf(a)})`;
  return compareFacts(xdsPath(b), "route", facts(a), facts(b)).map((c) => ({ ...c, message: `${place}: ${c.message}` }));
}

/** What `describeAction` leaves out. */
function actionFacts(action: HirAction): Facts {
  switch (action.kind) {
    case "forward": {
      const { target } = action;
      const entries = target.kind === "weighted" ? target.entries : [];
      return {
        ...plainFacts(action, ["kind", "target"]),
        ...(target.kind === "weighted" && target.headerName !== undefined ? { chosen_by_header: target.headerName } : {}),
        ...entryTreatments(entries),
      };
    }
    case "redirect":
      return plainFacts(action.redirect, []);
    case "respond":
      return plainFacts(action, ["kind", "status", ...(action.body.length > maxBody ? [] : (["body"] as const))]);
    case "non_forwarding":
    case "punt":
      return {};
  }
}

/** By target; a cluster may stand in several entries. */
function entryTreatments(entries: readonly HirWeighted[]): Facts {
  const list = entries.map(({ target, treatment }) => ({
    name: `treatment for ${describeTarget(target)}`,
    facts: describeTreatment(treatment),
  }));
  return Object.fromEntries(numbered(list));
}
