import type { decodeResource, XdsKind, XdsRawResource, XdsResource } from "../../compiler/decode/index.ts";
import { Collector, type Diagnostic } from "../../compiler/diag/index.ts";
import { resolveAhead } from "../../compiler/resolve/index.ts";
import { createHeldKinds, type HeldKinds } from "./held.ts";
import { type Change, keyOf } from "./types.ts";

/** Decoded resources, with what puts them back: changes and fallbacks can be taken back, one by one or all, until they are kept. */
export interface Draft {
  readonly held: HeldKinds;
  /** What decoding says of the resources that are held. */
  punts(): readonly Diagnostic[];
  /** Puts what is not taken back: it decoded before, here or in another process of this version. */
  know(change: Change): void;
  /** Puts a change; its errors where it can't be decoded. */
  change(change: Change): readonly Diagnostic[] | undefined;
  /** Puts a fallback where nothing of its name is held; its errors where it can't be decoded. */
  fallBack(resource: XdsRawResource): readonly Diagnostic[] | undefined;
  /** By key, what can be taken back. */
  changes(): Named;
  fallbacks(): Named;
  /** Takes one change back; a fallback is left out for good. */
  undoOne(key: string): void;
  drop(key: string): void;
  undo(): void;
  keep(): void;
}

export type Named = ReadonlyMap<string, { readonly kind: XdsKind; readonly name: string }>;

/** What stands, or stood, under a name. */
interface Place {
  readonly kind: XdsKind;
  readonly name: string;
  readonly resource: XdsResource | undefined;
  /** Punts of its decoding. */
  readonly said: readonly Diagnostic[];
}

export function createDraft(decodeBy: typeof decodeResource): Draft {
  const held = createHeldKinds();
  /** By key; most have nothing. */
  const punts = new Map<string, readonly Diagnostic[]>();
  let before = new Map<string, Place>();
  let fallen = new Map<string, { readonly kind: XdsKind; readonly name: string }>();

  const put = ({ kind, name, resource, said }: Place): void => {
    held[kind].put(name, resource);
    if (said.length > 0) punts.set(keyOf(kind, name), said);
    else punts.delete(keyOf(kind, name));
  };
  const remove = (kind: XdsKind, name: string): void => put({ kind, name, resource: undefined, said: [] });
  /** The errors of one that can't be decoded. */
  const decode = ({ kind, name, resource }: Change): readonly Diagnostic[] | undefined => {
    const sink = new Collector();
    const decoded = resource && decodeBy(resource, sink);
    const said = sink.list();
    if (decoded) resolveAhead(decoded, false);
    if (resource && !decoded) return said.filter(({ severity }) => severity === "error");
    put({ kind, name, resource: decoded, said: said.filter(({ severity }) => severity === "punt") });
    return undefined;
  };
  const undoOne = (key: string): void => {
    const old = before.get(key);
    if (!old) return;
    before.delete(key);
    put(old);
  };
  const keep = (): void => {
    before = new Map();
    fallen = new Map();
  };

  return {
    held,
    punts: () => [...punts.values()].flat(),
    know: (change) => void decode(change),
    change(change) {
      const { kind, name } = change;
      const key = keyOf(kind, name);
      const old = { kind, name, resource: held[kind].get(name), said: punts.get(key) ?? [] };
      const errors = decode(change);
      if (!errors && !before.has(key)) before.set(key, old);
      return errors;
    },
    fallBack(resource) {
      const { kind, name } = resource;
      if (held[kind].get(name)) return undefined;
      const errors = decode({ kind, name, resource });
      if (!errors) fallen.set(keyOf(kind, name), { kind, name });
      return errors;
    },
    changes: () => before,
    fallbacks: () => fallen,
    undoOne,
    drop(key) {
      const one = fallen.get(key);
      if (!one) return;
      fallen.delete(key);
      remove(one.kind, one.name);
    },
    undo() {
      for (const key of [...before.keys()]) undoOne(key);
      for (const { kind, name } of fallen.values()) remove(kind, name);
      keep();
    },
    keep,
  };
}
