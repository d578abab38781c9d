import type { JsonObject } from "../../json-fields.ts";
import type { Patch, Place, RefusalRow } from "../base.ts";
import {
  badFormats,
  badHeaders,
  badRegex,
  explicit,
  extension,
  extensions,
  filters,
  goodFormats,
  goodHeaders,
  header,
  mirror,
  routerType,
  stringValue,
} from "./patches.ts";

const added = (place: Place): RefusalRow => ({
  about: "headers added to responses",
  place,
  refused: badHeaders.map((option) => ({ response_headers_to_add: [option] })),
  taken: goodHeaders.map((option) => ({ response_headers_to_add: [option] })),
});
const retry = (policy: JsonObject): Patch => ({ retry_policy: policy });
const backOff = (base_interval: string, max_interval: string): Patch => retry({ retry_back_off: { base_interval, max_interval } });
const noExtension = { name: "x", typed_config: { "@type": "type.googleapis.com/google.protobuf.Struct" } };
const previousHosts = { "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate" };
const upstreamCodec = { name: "c", typed_config: { "@type": `${extensions}.http.upstream_codec.v3.UpstreamCodec` } };
const upstreamMutation = { name: "m", typed_config: { "@type": `${extensions}.http.header_mutation.v3.HeaderMutation` } };
const between = (place: "hcm" | "cluster", list: readonly JsonObject[]): Patch =>
  place === "cluster"
    ? explicit({ http_protocol_options: {} }, { http_filters: [...list] })
    : filters({ name: "r", typed_config: { "@type": routerType, upstream_http_filters: [...list] } });
/** A virtual host whose matcher leads to one route. */
function chosen(
  { fields = {}, ...rest }: { readonly fields?: JsonObject; readonly keep_matching?: boolean; readonly action?: JsonObject },
  type = "HttpRequestHeaderMatchInput",
): Patch {
  const route = { match: { prefix: "/" }, route: { cluster: "c" }, ...fields };
  const action = { name: "a", typed_config: { "@type": "type.googleapis.com/envoy.config.route.v3.Route", ...route } };
  const input = { name: "i", typed_config: { "@type": `type.googleapis.com/envoy.type.matcher.v3.${type}` } };
  return { routes: null, matcher: { matcher_tree: { input, exact_match_map: { map: { "/": { action, ...rest } } } } } };
}

/** Of route tables, virtual hosts and routes. */
export const routeRows: readonly RefusalRow[] = [
  ...(["table", "vhost", "route"] as const).map(added),
  {
    about: "headers removed from responses",
    place: "route",
    refused: [":status", "host"].map((name) => ({ response_headers_to_remove: [name] })),
    taken: [{ response_headers_to_remove: ["x a"] }],
  },
  {
    about: "names and tags of spans",
    place: "route",
    refused: badFormats.flatMap((format): Patch[] => [
      { tracing: { operation: format } },
      { tracing: { upstream_operation: format } },
      { tracing: { custom_tags: [{ tag: "a", value: format }] } },
    ]),
    taken: goodFormats.map((format): Patch => ({ tracing: { operation: format, custom_tags: [{ tag: "a", value: format }] } })),
  },
  ...(["hcm", "cluster"] as const).map(
    (place): RefusalRow => ({
      about: "filters between router and endpoint",
      place,
      refused: [
        [upstreamMutation],
        [upstreamCodec, upstreamMutation],
        [upstreamCodec, upstreamCodec],
        [{ name: "x" }, upstreamCodec],
        [{ name: "x", disabled: true }, upstreamCodec],
        [extension(stringValue), upstreamCodec],
        [{ ...upstreamCodec, disabled: true }],
      ].map((list) => between(place, list)),
      taken: [[upstreamCodec], [upstreamMutation, { name: "x", is_optional: true }, upstreamCodec]].map((list) => between(place, list)),
    }),
  ),
  {
    about: "retries",
    place: "forward",
    refused: [
      backOff("2s", "1s"),
      backOff("0.002s", "0.0005s"),
      retry({ retriable_headers: [{ name: "x", string_match: { safe_regex: badRegex } }] }),
    ],
    taken: [backOff("0.0019s", "0.0011s"), backOff("0.001s", "0.0005s"), backOff("1s", "1s")],
  },
  {
    about: "extensions of retries",
    place: "forward",
    refused: [
      retry({ retry_host_predicate: [{ name: "x" }] }),
      retry({ retry_priority: { name: "x" } }),
      retry({ retry_priority: { name: "x", typed_config: previousHosts } }),
      retry({ retry_options_predicates: [noExtension] }),
    ],
    taken: [retry({ retry_host_predicate: [{ name: "x", typed_config: previousHosts }] })],
  },
  {
    about: "extensions of another kind",
    place: "route",
    refused: [
      { match: { path_match_policy: noExtension } },
      { match: { prefix: "/", headers: [{ name: "x", string_match: { custom: noExtension } }] } },
      ...[
        { path_rewrite_policy: noExtension },
        { early_data_policy: noExtension },
        { internal_redirect_policy: { predicates: [noExtension] } },
      ].map((fields) => ({ route: { cluster: "c", ...fields } })),
      { route: { inline_cluster_specifier_plugin: { extension: noExtension } } },
    ],
    taken: [],
  },
  {
    about: "optional plugins",
    place: "table",
    refused: [{ cluster_specifier_plugins: [{ extension: noExtension }] }],
    taken: [{ cluster_specifier_plugins: [{ extension: noExtension, is_optional: true }] }],
  },
  {
    about: "internal redirects",
    place: "forward",
    refused: ["HOST", ":path"].map((name) => ({ internal_redirect_policy: { response_headers_to_copy: ["x", name] } })),
    taken: [{ internal_redirect_policy: { response_headers_to_copy: ["x a"] } }],
  },
  {
    about: "rewrites by formats",
    place: "forward",
    refused: [
      ...badFormats.flatMap((format): Patch[] => [{ path_rewrite: format }, { host_rewrite: format }]),
      { path_rewrite: "%PER_REQUEST_STATE(a)%" },
      { path_rewrite: "/", prefix_rewrite: "/" },
      { path_rewrite: "/", regex_rewrite: { pattern: { regex: "a" }, substitution: "b" } },
    ],
    taken: [
      ...goodFormats.map((format): Patch => ({ path_rewrite: format, host_rewrite: format })),
      { path_rewrite: "/a", prefix_rewrite: "" },
    ],
  },
  {
    about: "redirects by formats",
    place: "route",
    refused: badFormats.map((path_rewrite) => ({ route: null as never, redirect: { path_rewrite } })),
    taken: goodFormats.map((path_rewrite) => ({ route: null as never, redirect: { path_rewrite } })),
  },
  {
    about: "virtual hosts on demand",
    place: "table",
    refused: [{ path_config_source: { path: "/x" } }, { self: {} }].map((config_source) => ({ vhds: { config_source } })),
    // The judge has no such source.
    taken: [],
  },
  {
    about: "hash policies and rate limits",
    place: "forward",
    refused: [
      { rate_limits: [{ actions: [{ dynamic_metadata: { descriptor_key: "a", metadata_key: { key: "a", path: [{ key: "b" }] } } }] }] },
      { hash_policy: [{ header: { header_name: "x", regex_rewrite: { pattern: badRegex, substitution: "a" } } }] },
      {
        rate_limits: [
          {
            actions: [{ header_value_match: { descriptor_value: "a", headers: [{ name: "x", string_match: { safe_regex: badRegex } }] } }],
          },
        ],
      },
    ],
    taken: [{ hash_policy: [{ header: { header_name: "x", regex_rewrite: { pattern: { regex: "a" }, substitution: "\\5" } } }] }],
  },
  {
    about: "mirrors",
    place: "forward",
    refused: [
      mirror({ cluster: "nowhere" }),
      mirror({ cluster: "c", cluster_header: "x" }),
      ...badHeaders.map((append) => mirror({ cluster: "c", request_headers_mutations: [{ append }] })),
    ],
    taken: [mirror({ cluster: "c", request_headers_mutations: [{ remove: "host" }] }), mirror({ cluster_header: "x" })],
  },
  { about: "mirrors of a table", place: "table", refused: [mirror({ cluster: "nowhere" })], taken: [mirror({ cluster: "c" })] },
  {
    about: "virtual clusters",
    place: "vhost",
    refused: [
      { virtual_clusters: [{ name: "a" }] },
      { virtual_clusters: [{ name: "a", headers: [{ name: ":path", string_match: { safe_regex: badRegex } }] }] },
    ],
    taken: [{ virtual_clusters: [{ name: "a", headers: [{ name: ":path", present_match: true }] }] }],
  },
  {
    about: "bodies of responses",
    place: "route",
    refused: badFormats.map((text_format) => ({ route: null as never, direct_response: { status: 200, body_format: { text_format } } })),
    taken: [{ route: null as never, direct_response: { status: 200, body_format: { text_format: "%PROTOCOL%" } } }],
  },
  {
    about: "generic matchers of virtual hosts",
    place: "vhost",
    refused: [
      chosen({}, "HttpResponseHeaderMatchInput"),
      chosen({}, "HttpRequestQueryParamMatchInput"),
      chosen({ keep_matching: true }),
      chosen({ action: { name: "a", typed_config: { "@type": "type.googleapis.com/envoy.config.core.v3.Metadata" } } }),
      ...[
        { match: {} },
        { match: { safe_regex: badRegex } },
        { route: { weighted_clusters: { clusters: [{ name: "c", weight: 0 }] } } },
        { route: { cluster: "c", prefix_rewrite: "/a", regex_rewrite: { pattern: { regex: "a" }, substitution: "b" } } },
        { route: { cluster: "c", ...backOff("2s", "1s") } },
        { request_headers_to_add: [header("host", "x")] },
      ].map((fields) => chosen({ fields })),
    ],
    taken: [
      chosen({}),
      ...[{ cluster: "nowhere" }, { cluster: "c", ...mirror({ cluster: "nowhere" }) }].map((route) => chosen({ fields: { route } })),
    ],
  },
  {
    about: "matches on what filters left",
    place: "route",
    refused: [
      left({ string_match: { safe_regex: badRegex } }),
      left({ string_match: { safe_regex: { regex: "a" }, ignore_case: true } }),
      ...["x", "fe80::1%eth0"].map((address_prefix) => left({ address_match: { ranges: [{ address_prefix, prefix_len: 8 }] } })),
    ],
    taken: [
      left({ string_match: { safe_regex: { regex: "a" }, ignore_case: false } }),
      left({ address_match: { ranges: [{ address_prefix: "10.0.0.0", prefix_len: 40 }] } }),
    ],
  },
  {
    about: "rewrites by templates",
    place: "route",
    refused: [
      ...["z", "{x}", "/{", "/}", "/{x}}", "/{{x}}", "/{}", "/{1x}", "/{x=a}", "/{X}", "/a b", "/é", "/a?b", "//", "/{x}//", "/[a]"].map(
        (w) => rewritten("/{x}/{y}", w),
      ),
      rewritten("/a", "/{x}"),
      rewritten("/a**", "/z"),
    ],
    taken: ["/", "/{x}{y}", "/{y}/{x}/{x}", "/*", "/a%20b", "/~a_.-$&+,=!;@:('"].map((w) => rewritten("/{x}/{y}", w)),
  },
  {
    about: "expressions",
    place: "route",
    refused: [
      "a".repeat(33_000),
      "(a{1000}){2}",
      ...["\\x{100}", "[a\\x{100}]", "\\400", "\\1", "[\\C]", "\\p{Cn}", "\\p{LC}", "\\p{latin}", "\\p{Garay}", "\\p{Math}", "[ſ-C]"],
    ].map((regex) => ({ match: { safe_regex: { regex } } })),
    taken: ["a".repeat(32_000), ...["\\x{ff}", "\\377", "\\C", "\\p{^Kawi}", "[ÿ-é]", "(?P<n>a)(?P<n>b)"]].map((regex) => ({
      match: { safe_regex: { regex } },
    })),
  },
];

function left(match: JsonObject): Patch {
  return { match: { prefix: "/", filter_state: [{ key: "a", ...match }] } };
}

function rewritten(path_template: string, path_template_rewrite: string): Patch {
  const path = "type.googleapis.com/envoy.extensions.path";
  const match = { "@type": `${path}.match.uri_template.v3.UriTemplateMatchConfig`, path_template };
  const rewrite = { "@type": `${path}.rewrite.uri_template.v3.UriTemplateRewriteConfig`, path_template_rewrite };
  return {
    match: { path_match_policy: { name: "m", typed_config: match } },
    route: { cluster: "c", path_rewrite_policy: { name: "r", typed_config: rewrite } },
  };
}
