import { suite } from "uvu";
import * as assert from "uvu/assert";
import type {
  Address,
  CaresDnsResolverConfig,
  Cluster,
  ClusterLoadAssignment,
  DnsCluster,
  LbEndpoint,
  TypedExtensionConfig,
} from "../../decode/gen/types.ts";
import { type AnswerOf, hostnameQueries } from "../index.ts";
import { any, endpoint, opaque, resolve } from "./build.ts";

const test = suite("hostnames");

const inOne = (...lb_endpoints: readonly LbEndpoint[]): ClusterLoadAssignment => ({ cluster_name: "c", endpoints: [{ lb_endpoints }] });
const strict = (load_assignment: ClusterLoadAssignment, more: Partial<Cluster> = {}): Cluster => ({
  type: "STRICT_DNS",
  load_assignment,
  ...more,
});
const typed = (config: Partial<DnsCluster>): Cluster => ({
  cluster_type: { name: "envoy.clusters.dns", typed_config: any("envoy.extensions.clusters.dns.v3.DnsCluster", config) },
  load_assignment: inOne(endpoint("a")),
});

/** `address:port weight hostname` of the first priority. */
function endpointsOf(cluster: Cluster, answerOf: AnswerOf): readonly string[] {
  const { model } = resolve({ clusters: { c: cluster } }, { answerOf });
  return (model.clusters[0]!.priorities[0] ?? []).flatMap(({ endpoints }) =>
    [...endpoints].map(({ address, weight, hostname }) => {
      const at = address.kind === "ip" ? `${address.ip}:${address.port}` : JSON.stringify(address);
      return `${at} ${weight} ${hostname}`;
    }),
  );
}

test("what a cluster asks for, with Envoy's defaults", () => {
  assert.equal(hostnameQueries(strict(inOne(endpoint("a"), endpoint("10.0.0.1"), endpoint("::1"), endpoint("a", 81)))), [
    {
      key: "all auto a",
      hostname: "a",
      family: "auto",
      wants: "all",
      refresh: { intervalMs: 5000, respectTtl: false, minTtlMs: 0, jitterMs: 0 },
    },
  ]);
  assert.equal(hostnameQueries({ type: "EDS", load_assignment: inOne(endpoint("a")) }), []);
  assert.equal(hostnameQueries({ load_assignment: inOne(endpoint("a")) }), []);
  assert.equal(hostnameQueries({ type: "STRICT_DNS" }), []);
});

test("settings of the cluster and of the typed form", () => {
  const refresh = { intervalMs: 1000, respectTtl: true, minTtlMs: 0, jitterMs: 5, failure: { baseMs: 2, maxMs: 20 } };
  const settings = { dns_refresh_rate: 1000, respect_dns_ttl: true, dns_jitter: 5, dns_failure_refresh_rate: { base_interval: 2 } };
  const family = { dns_lookup_family: "V4_PREFERRED" } as const;
  const old = hostnameQueries({ ...strict(inOne(endpoint("a"))), ...settings, ...family })[0]!;
  assert.equal([old.family, old.refresh], ["v4_preferred", refresh]);
  const failure = { base_interval: 2, max_interval: 4 };
  const now = hostnameQueries(
    typed({ ...settings, ...family, dns_failure_refresh_rate: failure, dns_min_refresh_rate: 9, all_addresses_in_single_endpoint: true }),
  )[0]!;
  assert.is(now.key, "first v4_preferred a");
  assert.equal(now.refresh, { ...refresh, minTtlMs: 9, failure: { baseMs: 2, maxMs: 4 } });
  assert.is(hostnameQueries({ ...typed({}), ...family })[0]?.family, "auto", "fields of the cluster do not count beside the typed form");
});

const cares = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig";
const server = (address: string, port_value = 53): Address => ({ socket_address: { address, port_value } });
const resolver = (config: Partial<CaresDnsResolverConfig>): TypedExtensionConfig => ({ name: "dns", typed_config: any(cares, config) });
const lookupOf = (cluster: Cluster) => {
  const { key, servers, fallback, asIs } = hostnameQueries(cluster)[0]!;
  return { key, servers, fallback, asIs };
};

test("name servers of both forms and of the older fields; of several the newest counts", () => {
  const own = (servers: string): object => ({
    key: `all auto@${servers} a`,
    servers: servers.split(","),
    fallback: undefined,
    asIs: undefined,
  });
  const one = inOne(endpoint("a"));
  const config = resolver({ resolvers: [server("10.0.0.53"), server("FD00:0::53", 5353), server("10.0.0.54", 0)] });
  assert.equal(lookupOf(strict(one, { typed_dns_resolver_config: config })), own("10.0.0.53:53,[fd00::53]:5353,10.0.0.54:53"));
  assert.equal(lookupOf(typed({ typed_dns_resolver_config: config })), own("10.0.0.53:53,[fd00::53]:5353,10.0.0.54:53"));
  const oldest = { dns_resolvers: [server("10.0.0.1")] };
  assert.equal(lookupOf(strict(one, oldest)), own("10.0.0.1:53"));
  const older = { ...oldest, dns_resolution_config: { resolvers: [server("10.0.0.2")] } };
  assert.equal(lookupOf(strict(one, older)), own("10.0.0.2:53"));
  assert.equal(
    lookupOf(strict(one, { ...older, typed_dns_resolver_config: resolver({ resolvers: [server("10.0.0.3")] }) })),
    own("10.0.0.3:53"),
  );
  const none = { key: "all auto a", servers: undefined, fallback: undefined, asIs: undefined };
  assert.equal(lookupOf(strict(one, { ...older, typed_dns_resolver_config: resolver({}) })), none);
  assert.equal(lookupOf({ ...typed({}), ...older }), none, "fields of the cluster do not count beside the typed form");
});

test("servers as a fall-back, and names as they are", () => {
  const options = { no_default_search_domain: true };
  const both = resolver({ resolvers: [server("10.0.0.53")], use_resolvers_as_fallback: true, dns_resolver_options: options });
  assert.equal(lookupOf(typed({ typed_dns_resolver_config: both })), {
    key: "all auto/as-is/fallback@10.0.0.53:53 a",
    servers: ["10.0.0.53:53"],
    fallback: true,
    asIs: true,
  });
  const neither = resolver({ use_resolvers_as_fallback: true, dns_resolver_options: { use_tcp_for_dns_lookups: true } });
  assert.is(lookupOf(typed({ typed_dns_resolver_config: neither })).key, "all auto a");
});

test("the model says who is asked, and a host name can't look like it", () => {
  const cluster = strict(inOne(endpoint("a")), { dns_resolvers: [server("10.0.0.53")] });
  assert.equal(resolve({ clusters: { c: cluster } }).model.clusters[0]?.lookup, { servers: ["10.0.0.53:53"] });
  assert.not("lookup" in resolve({ clusters: { c: strict(inOne(endpoint("a"))) } }).model.clusters[0]!);
  assert.equal(hostnameQueries(strict(inOne(endpoint("@10.0.0.53:53 a")))), [], "no host name");
  assert.is.not(lookupOf(strict(inOne(endpoint("/as-is")))).key, lookupOf(cluster).key);
});

test("who is no name server is refused, who can't be asked leaves the cluster to a proxy, and says where", () => {
  const one = inOne(endpoint("a"));
  const told = (cluster: Cluster) => {
    const { model, diagnostics } = resolve({ clusters: { c: cluster } });
    return [model.clusters[0]?.punt, ...diagnostics.map(({ code, severity, path }) => `${severity} ${code} ${path}`)];
  };
  const pipe: Address = { pipe: { path: "/run/dns" } };
  const internal: Address = { envoy_internal_address: { server_listener_name: "dns" } };
  const below = 'clusters["c"].typed_dns_resolver_config.typed_config';
  for (const address of [pipe, internal, server("dns.example"), {}]) {
    assert.equal(told(strict(one, { typed_dns_resolver_config: resolver({ resolvers: [server("10.0.0.53"), address] }) })), [
      undefined,
      `error KM2409 ${below}.resolvers[1]`,
    ]);
  }
  assert.equal(told(strict(one, { dns_resolvers: [pipe] })), [undefined, 'error KM2409 clusters["c"].dns_resolvers[0]']);
  const inside = 'clusters["c"].cluster_type.typed_config.typed_dns_resolver_config.typed_config';
  assert.equal(told(typed({ typed_dns_resolver_config: resolver({ resolvers: [pipe] }) })), [
    undefined,
    `error KM2409 ${inside}.resolvers[0]`,
  ]);
  const many = (count: number) => strict(one, { dns_resolvers: Array.from({ length: count }, (_, i) => server(`10.0.0.${i}`)) });
  assert.equal(told(many(16)), [undefined]);
  assert.equal(told(many(17)), ["KM2418", 'punt KM2418 clusters["c"].dns_resolvers']);
  assert.is(told(strict(one, { typed_dns_resolver_config: resolver({ filter_unroutable_families: true }) }))[0], "KM1422");
  const extension = (type: string) => strict(one, { typed_dns_resolver_config: { name: "dns", typed_config: opaque(type) } });
  const extensions = "envoy.extensions.network.dns_resolver";
  assert.equal(told(extension(`${extensions}.apple.v3.AppleDnsResolverConfig`)), ["KM2416", `punt KM2416 ${below}`]);
  assert.equal(told(extension(`${extensions}.getaddrinfo.v3.GetAddrInfoDnsResolverConfig`)), [undefined, `note KM2417 ${below}`]);
  assert.equal(told({ dns_resolvers: [pipe] }), [undefined], "no DNS cluster");
});

test("each address takes the weight of its name, and has its name", () => {
  const cluster = strict(inOne(endpoint("b", 81, { load_balancing_weight: 3 }), endpoint("10.0.0.9"), endpoint("absent")));
  const answers: Readonly<Record<string, readonly string[]>> = { b: ["10.0.0.1", "FD00::1"], absent: [] };
  assert.equal(
    endpointsOf(cluster, ({ hostname }) => answers[hostname]),
    ["10.0.0.1:81 3 b", "fd00::1:81 3 b", "10.0.0.9:80 1 undefined"],
  );
});

test("the host name that an endpoint has of its own stays", () => {
  const named: LbEndpoint = { endpoint: { hostname: "own", address: { socket_address: { address: "b", port_value: 80 } } } };
  assert.equal(
    endpointsOf(strict(inOne(named)), () => ["10.0.0.1"]),
    ["10.0.0.1:80 1 own"],
  );
});

test("a name without an answer stays a name", () => {
  assert.equal(
    endpointsOf(strict(inOne(endpoint("b"))), () => undefined),
    ['{"kind":"host","host":"b","port":80} 1 undefined'],
  );
});

test("addresses that are too much for a hash table leave the cluster without endpoints, and in place", () => {
  const cluster = strict(inOne(endpoint("b", 80, { load_balancing_weight: 3_000_000_000 })), { lb_policy: "MAGLEV" });
  const resolved = resolve({ clusters: { c: cluster } }, { answerOf: () => ["10.0.0.1", "10.0.0.2"] });
  assert.equal(resolved.codes("error"), ["KM2414"]);
  assert.equal(resolved.model.clusters[0]?.priorities, []);
});

test("a back-off that ends before it begins is refused, in both forms", () => {
  const upsideDown = { dns_failure_refresh_rate: { base_interval: 2, max_interval: 1 } };
  for (const cluster of [strict(inOne(endpoint("a")), upsideDown), typed(upsideDown)]) {
    assert.equal(resolve({ clusters: { c: cluster } }).codes("error"), ["KM2407"]);
  }
  assert.equal(resolve({ clusters: { c: { ...upsideDown } } }).codes("error"), [], "no DNS cluster");
});

test("an IPv6 address has no IPv4 address, so V4_ONLY leaves it out; the other families take both kinds", () => {
  const none: AnswerOf = () => undefined;
  const of = (dns_lookup_family: "V4_ONLY" | "V6_ONLY" | "AUTO") =>
    endpointsOf(strict(inOne(endpoint("10.0.0.1"), endpoint("::1")), { dns_lookup_family }), none).map((text) => text.split(" ")[0]);
  assert.equal(of("V4_ONLY"), ["10.0.0.1:80"]);
  assert.equal(of("V6_ONLY"), ["10.0.0.1:80", "::1:80"]);
  assert.equal(of("AUTO"), ["10.0.0.1:80", "::1:80"]);
});

test.run();
