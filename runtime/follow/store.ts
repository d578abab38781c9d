import type { XdsKind, XdsRawResource } from "../../compiler/decode/index.ts";
import type { XdsUpdate } from "../xds/types.ts";
import { kinds } from "./batch.ts";
import { KeptResource } from "./kept-resource.ts";
import type { Change, Input } from "./types.ts";

/** Accepted resources as they came, and the answers for host names that are in use. */
export interface Store {
  get(kind: XdsKind, name: string): XdsRawResource | undefined;
  answer(key: string): readonly string[] | undefined;
  put(input: Input): void;
  all(): readonly Input[];
  /** Keys of answers. */
  answered(): readonly string[];
  counts(): Readonly<Record<XdsKind, number>>;
}

export function createStore(): Store {
  const held: Record<XdsKind, Map<string, XdsRawResource>> = {
    cluster: new Map(),
    endpoint: new Map(),
    listener: new Map(),
    route: new Map(),
  };
  const answers = new Map<string, readonly string[]>();
  return {
    get: (kind, name) => held[kind].get(name),
    answer: (key) => answers.get(key),
    put(input) {
      if (input.kind === "answer") setOrDelete(answers, input.name, input.addresses);
      else setOrDelete(held[input.kind], input.name, input.resource);
    },
    all: () => [
      ...kinds.flatMap((kind) => [...held[kind].values()].map((resource) => ({ kind, name: resource.name, resource }))),
      ...[...answers].map(([name, addresses]) => ({ kind: "answer" as const, name, addresses })),
    ],
    answered: () => [...answers.keys()],
    counts: () => ({
      cluster: held.cluster.size,
      endpoint: held.endpoint.size,
      listener: held.listener.size,
      route: held.route.size,
    }),
  };
}

function setOrDelete<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

export function changesOf(update: Pick<XdsUpdate, "kind" | "form" | "changed" | "removed">): readonly Change[] {
  const { kind, form, changed, removed } = update;
  return [
    ...[...changed].map(([name, body]) => ({ kind, name, resource: new KeptResource(kind, name, form, body) })),
    ...removed.map((name) => ({ kind, name, resource: undefined })),
  ];
}
