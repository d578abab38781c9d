import type { JsonObject } from "../../json-fields.ts";
import type { Patch, RefusalRow } from "../base.ts";
import { extensions, filters, routerType, urls } from "./patches.ts";

const bucket = { max_tokens: 1, fill_interval: "1s" };
const local = { "@type": `${extensions}.http.local_ratelimit.v3.LocalRateLimit`, stat_prefix: "l", token_bucket: bucket };
const perRoute = { "@type": `${extensions}.http.ratelimit.v3.RateLimitPerRoute` };
const entry = (key: string, value?: string): JsonObject => ({ key, ...(value === undefined ? {} : { value }) });
const descriptors = (...list: readonly (readonly JsonObject[])[]): Patch => ({
  descriptors: list.map((entries) => ({ entries: [...entries], token_bucket: bucket })),
});
const action = { remote_address: {} };
const extended: JsonObject = { extension: { name: "x", typed_config: { "@type": routerType } } };
const ofHits = (hits_addend: JsonObject): JsonObject => ({ actions: [action], hits_addend });
const limited = (limit: JsonObject): Patch => ({ rate_limits: [{ actions: [action], ...limit }] });
const dynamic = { limit: { dynamic_metadata: { metadata_key: { key: "a", path: [{ key: "b" }] } } } };

/** Of a filter's own list of limits, in any filter. */
const badLimits: readonly Patch[] = [
  ...[{ stage: 1 }, { stage: 0 }, { disable_key: "k" }].map(limited),
  ...[{ format: "%NOPE%" }, { format: "%BYTES_RECEIVED%", number: 2 }].map((hits) => ({ rate_limits: [ofHits(hits)] })),
  { rate_limits: [{ actions: [extended] }] },
];
const goodLimits: readonly Patch[] = [
  limited({}),
  ...[{ format: "%BYTES_RECEIVED%" }, { number: 2 }].map((hits) => ({ rate_limits: [ofHits(hits)] })),
];
/** Of local rate limits, wherever they stand. */
const bad: readonly Patch[] = [
  descriptors([entry("a", "b")], [entry("a", "b")]),
  descriptors([entry("a", "b"), entry("c", "d")], [entry("a")], [entry("a", "b"), entry("c", "d")]),
  descriptors([entry("a")], [entry("a", "")]),
  { local_cluster_rate_limit: {}, local_rate_limit_per_downstream_connection: true },
  limited(dynamic),
  ...badLimits,
];
const good: readonly Patch[] = [
  descriptors([entry("a", "b")], [entry("a", "c")], [entry("a")]),
  descriptors([entry("a", "b"), entry("c", "d")], [entry("c", "d"), entry("a", "b")]),
  descriptors([entry("a", "b"), entry("a", "b")]),
  ...goodLimits,
];
const filter = (fields: JsonObject): Patch =>
  filters({ name: "l", typed_config: { ...local, ...fields } }, { name: "router", typed_config: { "@type": routerType } });
const settings = (config: JsonObject): Patch => ({ typed_per_filter_config: { l: config } });
const withoutBucket = { "@type": local["@type"], stat_prefix: "l" };

/** Of rate limit filters. */
export const rateLimitRows: readonly RefusalRow[] = [
  {
    about: "local rate limit filters",
    place: "hcm",
    refused: bad.map(filter),
    taken: [
      ...good.map(filter),
      filters({ name: "l", typed_config: withoutBucket }, { name: "router", typed_config: { "@type": routerType } }),
    ],
  },
  {
    about: "local rate limits of routes",
    place: "route",
    refused: [
      ...bad.map((fields) => settings({ ...local, ...fields })),
      settings(withoutBucket),
      settings({ "@type": `${urls}envoy.config.route.v3.FilterConfig`, config: withoutBucket }),
    ],
    taken: good.map((fields) => settings({ ...local, ...fields })),
  },
  {
    about: "rate limits of routes",
    place: "vhost",
    refused: badLimits.map((fields) => settings({ ...perRoute, ...fields })),
    taken: [...goodLimits, limited(dynamic)].map((fields) => settings({ ...perRoute, ...fields })),
  },
  {
    about: "actions of rate limits",
    place: "forward",
    refused: [{ rate_limits: [{ actions: [extended] }] }],
    taken: [{ rate_limits: [{ stage: 1, disable_key: "k", actions: [action], ...dynamic }] }],
  },
];
