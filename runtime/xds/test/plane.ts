/** A control plane that behaves as istiod does: partial endpoints and routes, nonces, versions, removals; by either protocol. */
import type { XdsKind } from "../../../compiler/decode/index.ts";
import { kinds } from "../protocol.ts";
import { kindOf, type Request } from "./messages.ts";
import type { AdsServer, AdsStream } from "./server.ts";

export interface Plane {
  /** Sets resources (undefined removes), and pushes what changed to every stream that asked for it. */
  change(changes: Partial<Record<XdsKind, Readonly<Record<string, Buffer | undefined>>>>): void;
  readonly resources: Readonly<Record<XdsKind, Map<string, Buffer>>>;
  /** Rejections by kind and text, as they came. */
  readonly rejections: readonly { readonly kind: XdsKind; readonly text: string }[];
  streams(): number;
}

interface Watch {
  names: ReadonlySet<string>;
  nonce: string;
}

export function runPlane(server: AdsServer): Plane {
  const resources = { cluster: new Map(), endpoint: new Map(), listener: new Map(), route: new Map() } as Record<
    XdsKind,
    Map<string, Buffer>
  >;
  const versions = new Map<string, string>();
  const rejections: { kind: XdsKind; text: string }[] = [];
  const streams = new Map<AdsStream, Map<XdsKind, Watch>>();
  let version = 0;
  let nonces = 0;

  const isWildcard = (kind: XdsKind): boolean => kind === "cluster" || kind === "listener";

  const send = (stream: AdsStream, kind: XdsKind, names: Iterable<string>, removed: readonly string[] = []): void => {
    const watch = streams.get(stream)!.get(kind)!;
    watch.nonce = `${kind}-${++nonces}`;
    const held = resources[kind];
    const wanted = stream.mode === "sotw" && isWildcard(kind) ? held.keys() : names;
    const found = [...wanted].filter((name) => held.has(name)).map((name) => [name, held.get(name)!] as const);
    const parts = { kind, version: `v${version}`, nonce: watch.nonce, resources: Object.fromEntries(found) };
    stream.respond(stream.mode === "delta" ? { ...parts, removed } : parts);
  };

  const onSotw = (stream: AdsStream, kind: XdsKind, request: Request): void => {
    const watch = streams.get(stream)!.get(kind);
    const names = new Set(request.resource_names ?? []);
    if (!watch) {
      streams.get(stream)!.set(kind, { names, nonce: "" });
      send(stream, kind, names);
      return;
    }
    // A stale nonce: the answer to the newest response will come, and has all names. Those of a rejection are not looked at.
    if (request.error_detail || request.response_nonce !== watch.nonce) return;
    const added = [...names].filter((name) => !watch.names.has(name));
    watch.names = names;
    if (added.length > 0) send(stream, kind, added);
  };

  const onDelta = (stream: AdsStream, kind: XdsKind, request: Request): void => {
    const {
      resource_names_subscribe: added = [],
      resource_names_unsubscribe: removed = [],
      initial_resource_versions: known = {},
    } = request;
    const watch = streams.get(stream)!.get(kind);
    if (!watch) {
      streams.get(stream)!.set(kind, { names: new Set(added), nonce: "" });
      const names = isWildcard(kind) ? [...resources[kind].keys()] : added;
      const changed = names.filter((name) => known[name] === undefined || known[name] !== versions.get(`${kind} ${name}`));
      const gone = Object.keys(known).filter((name) => !resources[kind].has(name));
      send(stream, kind, changed, gone);
      return;
    }
    if (added.length === 0 && removed.length === 0) return;
    watch.names = new Set([...[...watch.names].filter((name) => !removed.includes(name)), ...added]);
    if (added.length > 0) send(stream, kind, added);
  };

  server.onStream((stream) => {
    streams.set(stream, new Map());
    void stream.over.then(() => streams.delete(stream));
    stream.onRequest((request) => {
      const kind = kindOf(request);
      if (request.error_detail) rejections.push({ kind, text: request.error_detail.message });
      if (stream.mode === "sotw") onSotw(stream, kind, request);
      else onDelta(stream, kind, request);
    });
  });

  return {
    resources,
    rejections,
    streams: () => streams.size,
    change(changes) {
      version += 1;
      for (const kind of kinds) {
        for (const [name, bytes] of Object.entries(changes[kind] ?? {})) {
          if (bytes) resources[kind].set(name, bytes);
          else resources[kind].delete(name);
          versions.set(`${kind} ${name}`, `v${version}`);
        }
      }
      for (const kind of kinds) {
        const names = Object.keys(changes[kind] ?? {});
        if (names.length === 0) continue;
        for (const [stream, watches] of streams) {
          const watch = watches.get(kind);
          if (!watch) continue;
          const concerned = isWildcard(kind) ? names : names.filter((name) => watch.names.has(name));
          if (concerned.length > 0)
            send(
              stream,
              kind,
              concerned,
              concerned.filter((name) => !resources[kind].has(name)),
            );
        }
      }
    },
  };
}
