import type { JsonObject } from "../../json-fields.ts";
import type { Patch, RefusalRow } from "../base.ts";
import { extension, extensions, filters, header, routerType, stringValue, urls } from "./patches.ts";

const formatter = (type: string): ReturnType<typeof extension> => extension({ "@type": `${urls}envoy.extensions.formatter.${type}` });
const withoutQuery = formatter("req_without_query.v3.ReqWithoutQuery");
const metadata = formatter("metadata.v3.Metadata");
const body = (text_format: string, ...formatters: readonly (typeof metadata)[]): Patch => ({
  route: null as never,
  direct_response: { status: 200, body_format: { text_format, formatters: [...formatters] } },
});
const tunnel = (fields: JsonObject, ...formatters: readonly (typeof metadata)[]): Patch => ({
  tunneling_config: { hostname: "a", ...fields, formatters: [...formatters] },
});
const mutations = (fields: JsonObject, ...formatters: readonly (typeof metadata)[]): JsonObject => ({
  mutations: { ...fields, formatters: [...formatters] },
});
const mutate = (fields: JsonObject, ...formatters: readonly (typeof metadata)[]): Patch =>
  filters(
    { name: "f", typed_config: { "@type": `${extensions}.http.header_mutation.v3.HeaderMutation`, ...mutations(fields, ...formatters) } },
    { name: "router", typed_config: { "@type": routerType } },
  );
const mutateRoute = (fields: JsonObject, ...formatters: readonly (typeof metadata)[]): Patch => ({
  typed_per_filter_config: {
    f: { "@type": `${extensions}.http.header_mutation.v3.HeaderMutationPerRoute`, ...mutations(fields, ...formatters) },
  },
});
const lists = ["request_mutations", "response_mutations", "response_trailers_mutations", "request_trailers_mutations"];
const withQuery = { text_format: "%REQ_WITHOUT_QUERY(a)%", formatters: [withoutQuery] };
const localReply = (mapper: JsonObject): Patch => ({
  local_reply_config: { mappers: [{ filter: { not_health_check_filter: {} }, ...mapper }] },
});
const foreign = extension(stringValue);
const wq = header("x-a", "%REQ_WITHOUT_QUERY(a)%");

/** Of formats with extensions that bring operators. */
export const formatRows: readonly RefusalRow[] = [
  {
    about: "formats with formatters",
    place: "route",
    refused: [
      body("%REQ_WITHOUT_QUERY(a)%"),
      body("%REQ_WITHOUT_QUERY(a)%", metadata),
      body("%REQ_WITHOUT_QUERY(a?b?c)%", withoutQuery),
      body("%REQ_WITHOUT_QUERY(x a)%", withoutQuery),
      body('%COALESCE({"operators":[{"command":"REQ_WITHOUT_QUERY","param":"a"}]})%', withoutQuery),
      body("%NOPE%", withoutQuery),
      body("%REQ%", withoutQuery),
      body("%METADATA(X:a)%", metadata),
    ],
    taken: [
      body("%REQ_WITHOUT_QUERY(:path)%", metadata, withoutQuery),
      body("%REQ_WITHOUT_QUERY(a?b):5%%REQ(a)%", withoutQuery),
      body("%REQ_WITHOUT_QUERY%", withoutQuery),
      body("%METADATA(ROUTE:a)%", metadata),
    ],
  },
  {
    about: "tunnels with formatters",
    place: "tcp",
    refused: [
      tunnel({ hostname: "%REQ_WITHOUT_QUERY(a)%" }),
      tunnel({ hostname: "%REQ_WITHOUT_QUERY(a)%" }, metadata),
      tunnel({ headers_to_add: [wq] }),
      tunnel({ hostname: "%REQ_WITHOUT_QUERY(a)%" }, withoutQuery),
      tunnel({ hostname: "%NOPE%" }, withoutQuery),
      tunnel({ headers_to_add: [header("x-a", "%NOPE%")] }, withoutQuery),
      tunnel({}, foreign),
    ],
    taken: [
      tunnel({ headers_to_add: [wq] }, withoutQuery),
      tunnel({ headers_to_add: [header("x-a", "%PER_REQUEST_STATE(a)%")] }, withoutQuery),
    ],
  },
  {
    about: "header mutations with formatters",
    place: "hcm",
    refused: [
      ...lists.map((list) => mutate({ [list]: [{ append: wq }] })),
      ...lists.map((list) => mutate({ [list]: [{ append: wq }] }, metadata)),
      ...lists.map((list) => mutate({ [list]: [{ append: header("x-a", "%NOPE%") }] }, withoutQuery)),
      mutate({ query_parameter_mutations: [{ append: { record: { key: "a", value: "%REQ_WITHOUT_QUERY(a)%" } } }] }),
      mutate({ query_parameter_mutations: [{ append: { record: { key: "a", value: "%NOPE%" } } }] }, withoutQuery),
      mutate({}, foreign),
      localReply({ body_format_override: withQuery, headers_to_add: [wq] }),
    ],
    taken: [
      ...lists.map((list) => mutate({ [list]: [{ append: wq }] }, withoutQuery)),
      mutate({ query_parameter_mutations: [{ append: { record: { key: "a", value: "%REQ_WITHOUT_QUERY(a)%" } } }] }, withoutQuery),
      localReply({ body_format_override: withQuery }),
    ],
  },
  {
    about: "header mutations of a route with formatters",
    place: "route",
    refused: [
      ...lists.map((list) => mutateRoute({ [list]: [{ append: wq }] })),
      mutateRoute({ query_parameter_mutations: [{ append: { record: { key: "a", value: "%REQ_WITHOUT_QUERY(a)%" } } }] }),
      { request_headers_to_add: [wq] },
    ],
    taken: [
      ...lists.map((list) => mutateRoute({ [list]: [{ append: wq }] }, withoutQuery)),
      mutateRoute({ query_parameter_mutations: [{ append: { record: { key: "a", value: "%REQ_WITHOUT_QUERY(a)%" } } }] }, withoutQuery),
    ],
  },
];
