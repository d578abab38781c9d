import type { Patch, RefusalRow } from "../base.ts";
import { extension, urls } from "./patches.ts";

const formatter = (type: string): ReturnType<typeof extension> => extension({ "@type": `${urls}envoy.extensions.formatter.${type}` });
const withoutQuery = formatter("req_without_query.v3.ReqWithoutQuery");
const metadata = formatter("metadata.v3.Metadata");
const body = (text_format: string, ...formatters: readonly (typeof metadata)[]): Patch => ({
  route: null as never,
  direct_response: { status: 200, body_format: { text_format, formatters: [...formatters] } },
});

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
];
