/** Random route tables. */
import type { Json, JsonObject } from "../json-fields.ts";
import { otherClusters } from "./cluster-kinds.ts";
import { plainClusters, specialClusters } from "./clusters.ts";
import type { Dice } from "./dice.ts";
import { randomFilterSettings } from "./filters.ts";
import { headerNames, pathWords, randomMatch } from "./matches.ts";
import { notedOfForward, notedOfTreated, notedOfVhost } from "./noted.ts";

export const domains = [
  "*",
  "a.com",
  "b.com",
  "*.a.com",
  "x.a.com",
  "*.com",
  "*-x.a.com",
  "a.*",
  "a.com:80",
  "a.com:*",
  "a.com:8080",
  "B.com",
  "*.x.a.com",
  "[::1]",
  "[::1]:80",
  "a.com.",
  "a*.com",
  "**.com",
  "",
  "10.0.0.1",
  "é.com",
  "a",
  "*a",
  "a*",
];

/** A table whose routes are named after `label`, so that Envoy's log tells which one it took. */
export function randomTable(dice: Dice, label: string): JsonObject {
  const left = new Set(domains.map((domain) => domain.toLowerCase()));
  const vhosts = dice
    .list(1, 4, (v): JsonObject => {
      const own = dice.some(domains, 1, 3).filter((domain) => left.delete(domain.toLowerCase()));
      if (v === 0 && left.delete("*") && dice.chance(0.7)) own.push("*");
      return {
        name: `${label}.v${v}`,
        domains: own,
        routes: dice.list(dice.chance(0.05) ? 0 : 1, 6, (r) => randomRoute(dice, `${label}.v${v}.r${r}`)),
        ...dice.maybe(0.06, () => ({ require_tls: dice.pick(["ALL", "EXTERNAL_ONLY"]) })),
        ...dice.maybe(0.1, () => ({ include_request_attempt_count: true })),
        ...randomMutations(dice, 0.15, "v"),
        ...notedOfVhost(dice),
        ...notedOfTreated(dice),
        ...randomFilterSettings(dice, 0.05),
      };
    })
    .filter((vhost) => (vhost["domains"] as Json[]).length > 0);
  return {
    name: label,
    validate_clusters: false,
    virtual_hosts: vhosts,
    ...dice.maybe(0.04, () => ({ max_direct_response_body_size_bytes: dice.pick([4, 5, 100]) })),
    ...dice.maybe(0.15, () => ({ ignore_port_in_host_matching: true })),
    ...dice.maybe(0.12, () => ({ ignore_path_parameters_in_path_matching: true })),
    ...dice.maybe(0.05, () => ({ vhost_header: dice.pick(["x-a", "X-B", "host", ":authority", ":path"]) })),
    ...dice.maybe(0.08, () => ({ internal_only_headers: dice.some(headerNames, 1, 2) })),
    ...dice.maybe(0.15, () => ({ most_specific_header_mutations_wins: true })),
    ...randomMutations(dice, 0.15, "t"),
    ...notedOfTreated(dice),
    ...randomFilterSettings(dice, 0.04),
  };
}

function randomRoute(dice: Dice, name: string): JsonObject {
  const match = randomMatch(dice);
  const action = randomAction(dice, match);
  return { name, match, ...action, ...randomMutations(dice, 0.2, "r"), ...notedOfTreated(dice), ...randomFilterSettings(dice, 0.06) };
}

const anyCluster: readonly string[] = [
  ...plainClusters,
  ...plainClusters,
  ...plainClusters,
  ...specialClusters,
  ...otherClusters,
  "missing",
];

function randomAction(dice: Dice, match: JsonObject): JsonObject {
  const kind = dice.int(20);
  if (kind < 14) return { route: randomForward(dice, match) };
  if (kind < 17) return { redirect: randomRedirect(dice) };
  if (kind < 19) {
    const status = dice.pick([200, 200, 201, 204, 301, 302, 304, 400, 404, 503]);
    const text = () => dice.pick(["hello", "", "é", "a\nb"]);
    const body = () => (dice.chance(0.8) ? { inline_string: text() } : { inline_bytes: Buffer.from(text()).toString("base64") });
    return { direct_response: { status, ...dice.maybe(0.7, () => ({ body: body() })) } };
  }
  return { non_forwarding_action: {} };
}

function randomForward(dice: Dice, match: JsonObject): JsonObject {
  return {
    ...randomTarget(dice),
    ...dice.maybe(0.2, () => ({
      cluster_not_found_response_code: dice.pick(["NOT_FOUND", "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"]),
    })),
    ...("path_match_policy" in match ? dice.maybe(0.3, () => templateRewrite(dice)) : dice.maybe(0.25, () => pathRewrite(dice))),
    ...dice.maybe(0.2, () => hostRewrite(dice)),
    ...dice.maybe(0.2, () => ({ append_x_forwarded_host: true })),
    ...notedOfForward(dice),
    ...dice.maybe(0.03, () => ({ metadata_match: { filter_metadata: { "envoy.lb": { a: "b" } } } })),
    ...dice.maybe(0.03, () => ({ rate_limits: [{ actions: [{ remote_address: {} }] }] })),
    ...dice.maybe(0.05, () => ({
      upgrade_configs: [{ upgrade_type: dice.pick(["websocket", "CONNECT", "foo"]), enabled: dice.chance(0.6) }],
    })),
    ...dice.maybe("connect_matcher" in match ? 0.4 : 0, () => ({
      upgrade_configs: [{ upgrade_type: "CONNECT", ...dice.maybe(0.2, () => ({ connect_config: {} })) }],
    })),
  };
}

function randomTarget(dice: Dice): JsonObject {
  const kind = dice.int(10);
  if (kind < 7) return { cluster: dice.pick(anyCluster) };
  if (kind < 8) return { cluster_header: dice.pick(["x-a", "X-B", ":path", ":authority", "user-agent"]) };
  const clusters = dice.list(
    1,
    3,
    (): JsonObject => ({
      ...(dice.chance(0.85) ? { name: dice.pick(anyCluster) } : { cluster_header: dice.pick(["x-a", "X-B"]) }),
      weight: dice.pick([0, 1, 1, 2, 3, 50, 100]),
      ...randomMutations(dice, 0.15, "w"),
      ...randomFilterSettings(dice, 0.03),
      ...dice.maybe(0.1, () => ({ host_rewrite_literal: "w.example.com" })),
    }),
  );
  clusters.push({ name: dice.pick(anyCluster), weight: 1 });
  return { weighted_clusters: { clusters, ...dice.maybe(0.3, () => ({ header_name: dice.pick(["x-a", "X-B"]) })) } };
}

const regexRewrites: readonly JsonObject[] = [
  { pattern: { regex: "a" }, substitution: "z" },
  { pattern: { regex: "^/a(.*)$" }, substitution: "/q\\1" },
  { pattern: { regex: "/" }, substitution: "" },
  { pattern: { regex: ".*" }, substitution: "" },
  { pattern: { regex: "(b)|(c)" }, substitution: "[\\1\\2\\0]" },
  { pattern: { regex: "x*" }, substitution: "-" },
  { pattern: { regex: "[^/]+$" }, substitution: "end" },
];

function pathRewrite(dice: Dice): JsonObject {
  return dice.chance(0.6)
    ? { prefix_rewrite: dice.pick(["/", "/n", "/n/", "n", "/n?z=1", "/%61", ...pathWords.slice(0, 3)]) }
    : { regex_rewrite: dice.pick(regexRewrites) };
}

/** Left to a proxy, where Envoy takes it. */
function templateRewrite(dice: Dice): JsonObject {
  const config = {
    "@type": "type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig",
    path_template_rewrite: dice.pick(["/z/{x}", "/z", "/{x}/{y}", "z/{x}", "/{x}{x}", "/{", "/*"]),
  };
  return { path_rewrite_policy: { name: "rewrite", typed_config: config } };
}

function hostRewrite(dice: Dice): JsonObject {
  const kind = dice.int(4);
  if (kind === 0) return { host_rewrite_literal: dice.pick(["h.example.com", "h:1"]) };
  if (kind === 1) return { host_rewrite_header: dice.pick(["x-a", "X-B", ":path", "host"]) };
  if (kind === 2) return { host_rewrite_path_regex: dice.pick(regexRewrites) };
  return { auto_host_rewrite: true };
}

function randomRedirect(dice: Dice): JsonObject {
  const path = dice.int(8);
  return {
    ...dice.maybe(0.3, () =>
      dice.chance(0.5) ? { https_redirect: dice.chance(0.8) } : { scheme_redirect: dice.pick(["https", "HTTPS", "ftp", "http"]) },
    ),
    ...dice.maybe(0.3, () => ({ host_redirect: dice.pick(["b.com", "b.com:81", "[::2]"]) })),
    ...dice.maybe(0.25, () => ({ port_redirect: dice.pick([80, 443, 8080]) })),
    ...(path === 0 ? { path_redirect: dice.pick(["/new", "/new?z=1", "new", "/new?"]) } : {}),
    ...(path === 1 ? { prefix_rewrite: dice.pick(["/", "/n", "n", "/n?z=1"]) } : {}),
    ...(path === 2 ? { regex_rewrite: dice.pick(regexRewrites) } : {}),
    ...dice.maybe(0.3, () => ({
      response_code: dice.pick(["FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT", "PERMANENT_REDIRECT", "MOVED_PERMANENTLY"]),
    })),
    ...dice.maybe(0.2, () => ({ strip_query: true })),
  };
}

const formats = [
  "v",
  "",
  "a%%b",
  "%REQ(x-a)%",
  "%REQ(x-a?x-b)%",
  "%REQ(:path)%",
  "%REQ(:authority)%:2",
  "%REQ(x-b):2%",
  "%PROTOCOL%",
  "%DOWNSTREAM_LOCAL_PORT%",
  "%DOWNSTREAM_LOCAL_ADDRESS%",
  "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  "%UPSTREAM_CLUSTER%",
  "%ROUTE_NAME%",
  "pre %REQ(x-a)% post",
  "%REQ(:method)%",
  "%REQ(:scheme)%",
  "%REQ(X-A)%%REQ(x-missing)%",
  "%REQ(x-a):0%",
  "%PATH(WQ):6%",
  "%ROUTE_NAME%/%UPSTREAM_HOST%",
  "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
  "%DOWNSTREAM_REMOTE_ADDRESS%",
  "%REQUESTED_SERVER_NAME%",
  "%FILTER_CHAIN_NAME%",
  "%DYNAMIC_METADATA(f:k)%",
  "%PATH(NQ)%",
  "%QUERY_PARAM(q)%",
  "%UPSTREAM_METADATA(f:k)%",
];

/** request_headers_to_add and request_headers_to_remove. */
function randomMutations(dice: Dice, probability: number, tag: string): JsonObject {
  return dice.maybe(probability, () => ({
    ...dice.maybe(0.85, () => ({
      request_headers_to_add: dice.list(
        1,
        3,
        (): JsonObject => ({
          header: {
            key: dice.pick(["x-a", "X-B", "x-new", "accept", "user-agent", "x-order", "cookie", `x-${tag}`]),
            value: dice.pick(formats),
          },
          ...(dice.chance(0.1)
            ? { append: dice.chance(0.5) }
            : dice.maybe(0.7, () => ({
                append_action: dice.pick(["APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD", "OVERWRITE_IF_EXISTS"]),
              }))),
          ...dice.maybe(0.2, () => ({ keep_empty_value: true })),
        }),
      ),
    })),
    ...dice.maybe(0.3, () => ({
      request_headers_to_remove: dice.some(["x-a", "X-B", "accept", "x-order", "cookie", "x-forwarded-proto"], 1, 2),
    })),
  }));
}
