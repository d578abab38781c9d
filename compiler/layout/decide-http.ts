import type { DiagnosticSink } from "../diag/index.ts";
import type { LirHttp, LirHttpFlag } from "../lir/decide.ts";
import type { Places } from "../memo/index.ts";
import type { PlacePool } from "./decide-chains.ts";
import type { TextPool } from "./decide-texts.ts";
import type { WordPool } from "./decide-words.ts";
import { flags } from "./flags.ts";
import { Http } from "./gen/records.ts";
import { type Image, newImage, viewOf } from "./image.ts";
import { NONE } from "./piece.ts";

const httpFlags: Readonly<Record<LirHttpFlag, number>> = {
  normalize: flags.KM_HM_NORMALIZE,
  merge: flags.KM_HM_MERGE,
  unescape: flags.KM_HM_UNESCAPE,
  escape_reject: flags.KM_HM_ESCAPE_REJECT,
  escape_redirect: flags.KM_HM_ESCAPE_REDIRECT,
  strip_port: flags.KM_HM_STRIP_PORT,
  strip_matching: flags.KM_HM_STRIP_MATCHING,
  strip_dot: flags.KM_HM_STRIP_DOT,
  remote: flags.KM_HM_REMOTE,
  skip_xff: flags.KM_HM_SKIP_XFF,
  forwarded_port: flags.KM_HM_FORWARDED_PORT,
  no_request_id: flags.KM_HM_NO_REQUEST_ID,
  keep_request_id: flags.KM_HM_KEEP_REQUEST_ID,
  untrace_request_id: flags.KM_HM_UNTRACE_REQUEST_ID,
  client_cert: flags.KM_HM_CLIENT_CERT,
  underscore_drop: flags.KM_HM_UNDERSCORE_DROP,
  underscore_reject: flags.KM_HM_UNDERSCORE_REJECT,
  http10: flags.KM_HM_HTTP10,
  absolute: flags.KM_HM_ABSOLUTE,
  continue: flags.KM_HM_CONTINUE,
  scheme_http: flags.KM_HM_SCHEME_HTTP,
  scheme_https: flags.KM_HM_SCHEME_HTTPS,
  auto: flags.KM_HM_AUTO,
  not_http1: flags.KM_HM_NOT_HTTP1,
};

export interface HttpPools {
  readonly texts: TextPool;
  readonly words: WordPool;
  readonly places: PlacePool;
  readonly reason: (code: string | undefined) => number;
  /** By path of the route configuration. */
  readonly tableIds: Places<string>;
}

/** Table http. */
export function layoutHttps(
  https: readonly LirHttp[],
  { texts, words, places, reason, tableIds }: HttpPools,
  sink: DiagnosticSink,
): Image | undefined {
  const image = newImage("http", https.length, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  const spaces = new Map<string, number>();
  const upgradeSpace = (names: readonly string[]): number => {
    if (names.length === 0) return 0;
    const key = names.join("\n");
    let space = spaces.get(key);
    if (space === undefined) {
      space = words.newSpace(true);
      spaces.set(key, space);
      for (const name of names) words.add(space, name, 0);
    }
    return space;
  };
  for (const [id, http] of https.entries()) {
    Http.write(view, id * Http.size, {
      routes: (http.routes === undefined ? undefined : tableIds.get(http.routes)) ?? NONE,
      punt: reason(http.punt),
      flags: http.flags.reduce((all, flag) => all | httpFlags[flag], 0),
      maxBytes: http.maxBytes,
      maxHeaders: http.maxHeaders,
      via: http.via === undefined ? NONE : texts.idOf(http.via),
      host10: http.host10 === undefined ? NONE : texts.idOf(http.host10),
      upgrades: upgradeSpace(http.upgrades),
      internal: http.internal ? places.placeOf(http.internal, 0) : NONE,
      trustedHops: http.trustedHops,
    });
  }
  return image;
}
