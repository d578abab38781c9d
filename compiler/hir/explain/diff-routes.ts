import type { HirAction, HirRoute, HirRouteConfig, HirVirtualHost } from "../index.ts";
import { type Change, change, compareFacts, type Facts, plainFacts } from "./changes.ts";
import { byKey } from "./pairs.ts";
import { describeAction, describeMatch, describeTarget, describeTreatment, quote } from "./words.ts";

/** Of two tables of one path: options, virtual hosts, routes. */
export function diffRouteConfig(a: HirRouteConfig, b: HirRouteConfig): Change[] {
  const facts = (r: HirRouteConfig): Facts => ({
    ...plainFacts(r, ["name", "path", "vhosts", "treatment"]),
    treatment: describeTreatment(r.treatment),
  });
  const domains = (v: HirVirtualHost): string => `for ${v.domains.map(quote).join(", ")}`;
  return [
    ...compareFacts(b.path, "route_configuration", facts(a), facts(b)),
    ...byKey(a.vhosts, b.vhosts, (v) => v.path, {
      added: (v) => [change("added", "virtual_host", v.path, domains(v))],
      removed: (v) => [change("removed", "virtual_host", v.path, domains(v))],
      both: diffVirtualHost,
    }),
  ];
}

function diffVirtualHost(a: HirVirtualHost, b: HirVirtualHost): Change[] {
  const facts = (v: HirVirtualHost): Facts => ({
    domains: v.domains.map(quote).join(", "),
    require_tls: v.requireTls,
    treatment: describeTreatment(v.treatment),
    proxy: v.punt ?? "",
  });
  return [...compareFacts(b.path, "virtual_host", facts(a), facts(b)), ...diffRoutes(a.routes, b.routes)];
}

/** Routes have an order and often no name: aligned by the longest common subsequence of their matches. */
function diffRoutes(a: readonly HirRoute[], b: readonly HirRoute[]): Change[] {
  const keep = commonSubsequence(a.map(describeMatch), b.map(describeMatch));
  const changes: Change[] = [];
  const line = (r: HirRoute): string => `${describeMatch(r)}: ${describeAction(r.action)}`;
  let [i, j] = [0, 0];
  for (const [x, y] of [...keep, [a.length, b.length] as const]) {
    for (; i < x; i++) changes.push(change("removed", "route", a[i]!.path, line(a[i]!)));
    for (; j < y; j++) changes.push(change("added", "route", b[j]!.path, line(b[j]!)));
    if (x < a.length && y < b.length) changes.push(...diffRoute(a[x]!, b[y]!));
    [i, j] = [x + 1, y + 1];
  }
  return changes;
}

function diffRoute(a: HirRoute, b: HirRoute): Change[] {
  const facts = (r: HirRoute): Facts => ({
    goes: describeAction(r.action),
    ...actionFacts(r.action),
    treatment: describeTreatment(r.treatment),
    fault: r.fault ? JSON.stringify(r.fault) : "",
    proxy: r.punt ?? "",
  });
  // Its place tells which of the older table's routes it was.
  const place = a.path === b.path ? describeMatch(b) : `${describeMatch(b)} (was ${a.path.slice(a.path.lastIndexOf(".") + 1)})`;
  return compareFacts(b.path, "route", facts(a), facts(b)).map((c) => ({ ...c, message: `${place}: ${c.message}` }));
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
        ...Object.fromEntries(entries.map((e) => [`treatment for ${describeTarget(e.target)}`, describeTreatment(e.treatment)])),
      };
    }
    case "redirect":
      return plainFacts(action.redirect, []);
    case "respond":
      return plainFacts(action, ["kind"]);
    case "non_forwarding":
    case "punt":
      return {};
  }
}

/** Above this many cells the table of the exact alignment is not worth its memory; equal places are aligned instead. */
const maxAlignmentCells = 4_000_000;

function commonSubsequence(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  if (a.length * b.length > maxAlignmentCells) {
    return a.flatMap((text, i) => (text === b[i] ? [[i, i] as const] : []));
  }
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j] ? longest[(i + 1) * width + j + 1]! + 1 : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}
