import { type BundleNames, type NamesFile, namesFile, namesOfFile, type Parts } from "../../compiler/bundle/index.ts";
import type { BuildResult, Built, Input } from "./types.ts";

/**
 * A result on its way from thread to thread: without what the receiver has from the one before. Parts of tables and lines of names are memory
 * that both threads hold from then on (sharedBytes): nobody writes there any more.
 */
export type Parcel = { readonly kind: "other"; readonly result: Exclude<BuildResult, Built> } | BuiltParcel;

interface BuiltParcel {
  readonly kind: "built";
  readonly built: Omit<Built, "bundle" | "clusters" | "assignments" | "hostnames">;
  readonly bundle: Omit<Built["bundle"], "tables" | "names" | "objects">;
  readonly tables: readonly (readonly [name: string, parts: Edit<Uint8Array>])[];
  /** Undefined: as before. */
  readonly objects: ReadonlyMap<string, Uint8Array> | undefined;
  readonly names: NamesParcel | undefined;
  readonly clusters: Edit<string>;
  readonly assignments: Edit<string>;
  readonly hostnames: Built["hostnames"] | undefined;
}

interface NamesParcel {
  /** By list of names. */
  readonly lines: readonly Edit<Uint8Array>[];
  readonly sha256: string;
}

/** What a list has at a place instead of some items of the one before: to copy very many takes longer than a change. */
interface Edit<T> {
  readonly at: number;
  readonly gone: number;
  readonly come: readonly T[];
}

const nothing: Edit<never> = { at: 0, gone: 0, come: [] };

function editOf<T>(before: readonly T[], now: readonly T[]): Edit<T> {
  if (before === now) return nothing;
  const both = Math.min(before.length, now.length);
  let at = 0;
  while (at < both && before[at] === now[at]) at++;
  let behind = 0;
  while (behind < both - at && before[before.length - 1 - behind] === now[now.length - 1 - behind]) behind++;
  return { at, gone: before.length - behind - at, come: now.slice(at, now.length - behind) };
}

/** The same list where nothing differs. */
function edited<T>(before: readonly T[], { at, gone, come }: Edit<T>): readonly T[] {
  return gone + come.length === 0 ? before : before.slice(0, at).concat(come, before.slice(at + gone));
}

/** Packs one result after the other. A sender belongs to one receiver, and each parcel must arrive. */
export function createSender(): (result: BuildResult) => Parcel {
  let before: Built | undefined;
  /** What the receiver has. */
  const held = new Map<string, { readonly sha256: string; readonly parts: Parts }>();
  const editTable = (name: string, sha256: string, parts: Parts): Edit<Uint8Array> => {
    const known = held.get(name);
    if (known?.sha256 === sha256) return nothing;
    held.set(name, { sha256, parts });
    return editOf(known?.parts ?? [], parts);
  };
  return (result) => {
    if (result.kind !== "built") return { kind: "other", result };
    const { bundle, clusters, assignments, hostnames, ...built } = result;
    const { tables, names, objects, ...rest } = bundle;
    const isBefore = (part: (of: Built) => unknown): boolean => before !== undefined && part(before) === part(result);
    const file = isBefore((of) => of.bundle.manifest.names.sha256) ? undefined : namesFile(names);
    const heldNames = before && namesFile(before.bundle.names);
    const parcel: Parcel = {
      kind: "built",
      built,
      bundle: rest,
      tables: bundle.manifest.tables.map(({ name, sha256 }) => [name, editTable(name, sha256, tables.get(name)!)]),
      objects: isBefore(programsOf) ? undefined : objects,
      names: file && { sha256: file.sha256, lines: file.lines.map((lines, list) => editOf(heldNames?.lines[list] ?? [], lines)) },
      clusters: editOf(before?.clusters ?? [], clusters),
      assignments: editOf(before?.assignments ?? [], assignments),
      hostnames: isBefore((of) => of.hostnames) ? undefined : hostnames,
    };
    before = result;
    return parcel;
  };
}

/** By content: of the kernel's and the simulator's. */
function programsOf({ bundle }: Built): string {
  const { objects, decide } = bundle.manifest;
  return [...objects.map(({ sha256 }) => sha256), decide?.sha256].join(" ");
}

/**
 * What the parcels of one sender hold, in their order. Names that the inputs of a build brought are these same texts, not copies: the names of
 * a large mesh are a megabyte.
 */
export function createReceiver(): (parcel: Parcel, inputs: readonly Input[]) => BuildResult {
  let before: Built | undefined;
  return (parcel, inputs) => {
    if (parcel.kind === "other") return parcel.result;
    const { built, bundle, tables, objects, names, clusters, assignments, hostnames } = parcel;
    const known = new Map(inputs.map(({ name }) => [name, name]));
    const own = (names: Edit<string>): Edit<string> => ({ ...names, come: names.come.map((name) => known.get(name) ?? name) });
    before = {
      ...built,
      clusters: edited(before?.clusters ?? [], own(clusters)),
      assignments: edited(before?.assignments ?? [], own(assignments)),
      hostnames: hostnames ?? before!.hostnames,
      bundle: {
        ...bundle,
        tables: new Map(tables.map(([name, edit]) => [name, edited(before?.bundle.tables.get(name) ?? [], edit)])),
        objects: objects ?? before!.bundle.objects,
        names: names === undefined ? before!.bundle.names : namesOfFile(unpackNames(before?.bundle.names, names)),
      },
    };
    return before;
  };
}

function unpackNames(before: BundleNames | undefined, { lines, sha256 }: NamesParcel): NamesFile {
  const held = before && namesFile(before);
  return { lines: lines.map((edit, list) => edited(held?.lines[list] ?? [], edit)), sha256 };
}
