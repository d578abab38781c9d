import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explainHost } from "../explain/explain.ts";
import { findHosts } from "../explain/find-hosts.ts";
import { fraction, route, vhost, web } from "./build.ts";

const hosts = suite("explain host");
const routes = [route({ to: "a" })];
const table = (ignorePortInHost = false) =>
  web(
    [["*"], ["*.b.com"], ["x.*"], ["x.a.b.com"], ["*.a.b.com"], ["x.a.*"]].map((domains) => vhost(domains, routes)),
    { config: { ignorePortInHost } },
  );

hosts("the one that takes the name, as Envoy looks for it", () => {
  const cases = {
    "X.a.b.com": "x.a.b.com",
    "y.a.b.com": "*.a.b.com",
    "y.b.com": "*.b.com",
    "x.a.org": "x.a.*",
    "x.org": "x.*",
    "b.com": "*",
  };
  for (const [name, domain] of Object.entries(cases))
    assert.equal(
      findHosts(table(), name).map((found) => found.domain),
      [domain],
      name,
    );
  assert.is(findHosts(table(), "x.a.b.com:80")[0]?.domain, "x.a.*");
  assert.is(findHosts(table(true), "x.a.b.com:80")[0]?.domain, "x.a.b.com");
});

hosts("what comes before the routes, and instead of them", () => {
  const fault = { filter: "f", headers: [], abort: { status: 418, fraction: fraction(50) } };
  const told = explainHost(
    vhost(["*"], [route({ to: "a" }, { punt: "KM2305" }), route({ to: "b" }, { fault })], { requireTls: "all" }),
    new Map(),
  );
  assert.equal(told.first, ["redirect 301 to https (require_tls all) unless x-forwarded-proto is https"]);
  assert.equal(
    told.routes.map(({ does }) => does),
    ["left to a proxy (KM2305)", '"b"; fault: 50% respond 418'],
  );
});

hosts.run();
