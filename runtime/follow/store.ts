import type { XdsKind, XdsRawResource } from "../../compiler/decode/index.ts";
import type { XdsUpdate } from "../xds/types.ts";
import { kinds } from "./batch.ts";
import type { Change } from "./types.ts";

/** Accepted resources as they came. */
export interface Store {
  get(kind: XdsKind, name: string): XdsRawResource | undefined;
  put(change: Change): void;
  all(): readonly Change[];
  counts(): Readonly<Record<XdsKind, number>>;
}

export function createStore(): Store {
  const held: Record<XdsKind, Map<string, XdsRawResource>> = {
    cluster: new Map(),
    endpoint: new Map(),
    listener: new Map(),
    route: new Map(),
  };
  return {
    get: (kind, name) => held[kind].get(name),
    put({ kind, name, resource }) {
      if (resource) held[kind].set(name, resource);
      else held[kind].delete(name);
    },
    all: () => kinds.flatMap((kind) => [...held[kind].values()].map((resource) => ({ kind, name: resource.name, resource }))),
    counts: () => ({
      cluster: held.cluster.size,
      endpoint: held.endpoint.size,
      listener: held.listener.size,
      route: held.route.size,
    }),
  };
}

export function changesOf(update: Pick<XdsUpdate, "kind" | "form" | "changed" | "removed">): readonly Change[] {
  const { kind, form, changed, removed } = update;
  return [
    ...[...changed].map(([name, bytes]) => ({ kind, name, resource: { kind, name, form, bytes } })),
    ...removed.map((name) => ({ kind, name, resource: undefined })),
  ];
}
