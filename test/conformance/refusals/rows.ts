import type { RefusalRow } from "./base.ts";
import { clusterRows } from "./rows/clusters.ts";
import { formatRows } from "./rows/formats.ts";
import { httpFilterRows } from "./rows/http-filters.ts";
import { listenerRows } from "./rows/listeners.ts";
import { matchTreeRows } from "./rows/match-trees.ts";
import { numberRows } from "./rows/numbers.ts";
import { rateLimitRows } from "./rows/rate-limits.ts";
import { routeRows } from "./rows/routes.ts";
import { upstreamRows } from "./rows/upstreams.ts";

/** What Envoy refuses of fields that have no effect here, beyond the rules of the protos; and what is just within. */
export const refusalRows: readonly RefusalRow[] = [
  ...routeRows,
  ...matchTreeRows,
  ...httpFilterRows,
  ...listenerRows,
  ...clusterRows,
  ...numberRows,
  ...rateLimitRows,
  ...formatRows,
  ...upstreamRows,
];
