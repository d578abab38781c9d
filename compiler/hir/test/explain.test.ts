/** What `explain` says is what a trace answers. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explainListeners, renderExplanation } from "../explain/explain.ts";
import type { HirFault, HirModel, HirRedirect, HirRoute } from "../model.ts";
import { chain, cluster, forward, fraction, header, listener, model, prefix, route, text, vhost, web } from "./build.ts";

const explain = suite("explain");

const told = (hir: HirModel): readonly string[] =>
  renderExplanation(explainListeners(hir, () => "l7", hir.listeners, true))
    .split("\n")
    .map((line) => line.trim());
const says = (hir: HirModel, line: string): void => assert.ok(told(hir).includes(line), `${line}\n\nnot in\n\n${told(hir).join("\n")}`);
const site = (list: readonly HirRoute[], more: Parameters<typeof web>[1] = {}): HirModel => web([vhost(["*"], list)], more);

explain("an unknown cluster, as each route answers for it", () => {
  const to = (path: string, notFoundStatus: number): HirRoute => route({ path: prefix(path), to: forward("gone", { notFoundStatus }) });
  says(site([to("/", 503)]), 'cluster "gone": unknown: Envoy answers 503');
  says(site([to("/a", 404), to("/", 500)]), 'cluster "gone": unknown: Envoy answers 404 or 500');
  says(model([listener("10.0.0.1:80", [chain("gone")])]), 'cluster "gone": unknown: Envoy closes');
});

explain("faults of a chain and of a route, and whom they meet", () => {
  const fault: HirFault = { filter: "f", headers: [header("x", text("exact", "1"))], abort: { status: 503, fraction: fraction(10) } };
  const chained = site([route({ to: "a" })], { http: { fault } });
  says(chained, 'any -> HTTP, routes "rc"; fault: 10% respond 503 where header x is "1", unless a route says otherwise');
  says(site([route({ to: "a" }, { fault })]), 'prefix "/" -> "a"; fault: 10% respond 503 where header x is "1"');
  says(site([route({ to: "a" }, { fault: { filter: "f", headers: [] } })]), 'prefix "/" -> "a"; no fault');
});

explain("where a redirect leads", () => {
  const to = (more: Partial<HirRedirect>): HirModel =>
    site([route({ to: { kind: "redirect", redirect: { status: 301, https: false, stripQuery: false, ...more } } })]);
  says(to({}), 'prefix "/" -> redirect 301 (same place)');
  says(to({ stripQuery: true }), 'prefix "/" -> redirect 301 (same place); without the query');
  says(to({ regexRewrite: { regex: "a", substitution: "b" } }), 'prefix "/" -> redirect 301 (path "a" becomes "b")');
});

explain("requests that a cluster drops; connections are not", () => {
  const drop = fraction(20);
  const dropping = (hir: HirModel): HirModel => ({ ...hir, clusters: [cluster("a", { drop })] });
  says(dropping(site([route({ to: "a" })])), 'cluster "a": static, round_robin, drops 20% of requests');
  says(dropping(model([listener("10.0.0.1:80", [chain("a")])])), 'cluster "a": static, round_robin');
});

explain.run();
