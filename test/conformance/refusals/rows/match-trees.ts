import type { JsonObject } from "../../json-fields.ts";
import type { Patch, RefusalRow } from "../base.ts";

const prefix = "type.googleapis.com/";
const common = `${prefix}envoy.extensions.matching.common_inputs`;
const matchers = `${prefix}envoy.extensions.matching.input_matchers`;
const route = { "@type": `${prefix}envoy.config.route.v3.Route`, match: { prefix: "/" }, route: { cluster: "c" } };
const chainName = { "@type": `${prefix}google.protobuf.StringValue`, value: "one" };
const header = { "@type": `${prefix}envoy.type.matcher.v3.HttpRequestHeaderMatchInput`, header_name: "a" };
const serverName = { "@type": `${common}.network.v3.ServerNameInput` };
const variable = { "@type": `${common}.environment_variable.v3.Config`, name: "A" };
const state = { "@type": `${common}.network.v3.FilterStateInput`, key: "a" };
const tcp = { "@type": `${prefix}envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy`, stat_prefix: "t", cluster: "c" };

const extension = (config: JsonObject): JsonObject => ({ name: "x", typed_config: config });
const typed = (type: string): JsonObject => ({ "@type": `${prefix}${type}` });

/** A list of one matcher. */
const listed = (
  input: JsonObject,
  action: JsonObject,
  match: JsonObject = { value_match: { exact: "a" } },
  more: JsonObject = {},
): JsonObject => ({
  matcher_list: {
    matchers: [
      { predicate: { single_predicate: { input: extension(input), ...match } }, on_match: { action: extension(action), ...more } },
    ],
  },
});
const custom = (config: JsonObject): JsonObject => ({ custom_match: extension(config) });
const customTree = (input: JsonObject, config: JsonObject): JsonObject => ({
  matcher_tree: { input: extension(input), custom_match: extension(config) },
});
const domains = (action: JsonObject): JsonObject => ({
  ...typed("xds.type.matcher.v3.ServerNameMatcher"),
  domain_matchers: [{ domains: ["a.com"], on_match: { action: extension(action) } }],
});
const addresses = { "@type": `${matchers}.ip.v3.Ip`, stat_prefix: "i", cidr_ranges: [{ address_prefix: "10.0.0.0", prefix_len: 8 }] };
const hash = { "@type": `${matchers}.consistent_hashing.v3.ConsistentHashing`, threshold: 1, modulo: 2 };
const cel = {
  ...typed("xds.type.matcher.v3.CelMatcher"),
  expr_match: { parsed_expr: { expr: { const_expr: { bool_value: true } } } },
};

const chains = (filter_chain_matcher: JsonObject): Patch => ({
  filter_chain_matcher,
  filter_chains: [{ name: "one", filters: [{ name: "t", typed_config: tcp }] }],
});
const vhost = (matcher: JsonObject): Patch => ({ routes: null, matcher });

/** Of custom matchers, which are the same wherever a tree stands. */
function customs(put: (tree: JsonObject) => Patch, input: JsonObject, action: JsonObject): Pick<RefusalRow, "refused" | "taken"> {
  const refused = [cel, typed("xds.type.matcher.v3.StringMatcher"), typed("envoy.extensions.string_matcher.lua.v3.Lua"), action];
  return {
    refused: [
      ...refused.map((config) => put(listed(input, action, custom(config)))),
      ...[cel, addresses].map((config) => put(customTree(input, config))),
    ],
    taken: [
      ...[addresses, hash].map((config) => put(listed(input, action, custom(config)))),
      put(listed(variable, action)),
      put(customTree(input, domains(action))),
    ],
  };
}

/** Of generic matchers. */
export const matchTreeRows: readonly RefusalRow[] = [
  { about: "custom matchers of routes", place: "vhost", ...customs(vhost, header, route) },
  { about: "custom matchers of filter chains", place: "listener", ...customs(chains, serverName, chainName) },
  {
    about: "inputs that choose routes",
    place: "vhost",
    refused: [`${common}.ssl.v3.SubjectInput`, `${prefix}xds.type.matcher.v3.HttpAttributesCelMatchInput`].map((type) =>
      vhost(listed({ "@type": type }, route)),
    ),
    taken: [vhost(listed(state, route))],
  },
  {
    about: "generic matchers of filter chains",
    place: "listener",
    refused: [
      ...[header, route, typed("xds.type.matcher.v3.HttpAttributesCelMatchInput")].map((input) => chains(listed(input, chainName))),
      chains({ on_no_match: { matcher: listed(header, chainName) } }),
      ...[route, typed("google.protobuf.Empty"), typed("google.protobuf.BoolValue")].map((action) => chains(listed(serverName, action))),
      chains({ on_no_match: { action: extension(route) } }),
    ],
    taken: [
      ...["network.v3.NetworkNamespaceInput", "network.v3.DirectSourceIPInput", "ssl.v3.DnsSanInput"].map((type) =>
        chains(listed({ "@type": `${common}.${type}` }, chainName)),
      ),
      chains(listed(state, { ...chainName, value: "nobody" }, undefined, { keep_matching: true })),
      chains({}),
    ],
  },
];
