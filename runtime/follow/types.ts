import type { Bundle } from "../../compiler/bundle/format.ts";
import type { XdsKind, XdsRawResource } from "../../compiler/decode/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { ObjectNumbers } from "../../compiler/index.ts";
import type { HostnameQuery } from "../../compiler/resolve/index.ts";

/** One resource by its new content; undefined: it is gone. */
export interface Change {
  readonly kind: XdsKind;
  readonly name: string;
  readonly resource: XdsRawResource | undefined;
}

/** The addresses of a host name by the key of its query; undefined: no cluster asks for it any more. */
export interface Answer {
  readonly kind: "answer";
  readonly name: string;
  readonly addresses: readonly string[] | undefined;
}

/** What a mesh is made of. */
export type Input = Change | Answer;

export interface BuildRequest {
  /** What the kernel has already, or what was accepted before: it is not judged again. */
  readonly known: readonly Input[];
  /** What is asked for: each may be rejected. */
  readonly changes: readonly Change[];
  /** Last good versions that an earlier process left, of names that the mesh does not have: in place where the change is rejected. Default: none. */
  readonly fallbacks?: readonly XdsRawResource[] | undefined;
}

export interface Rejection {
  readonly kind: XdsKind;
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
  /** There is no last good version: the fallback can't be used either. */
  readonly lost?: true;
}

/** What a build is about, as far as the owner of the kernel needs it. */
export interface Built {
  readonly kind: "built";
  /** Without model, sources and diagnostics: they stay with the builder. */
  readonly bundle: Bundle;
  /** Names of the clusters, by id. The same list as before where they are the same names. */
  readonly clusters: readonly string[];
  /** By id of the cluster: the name of the endpoints that it asks EDS for, or empty. The same list as before where it has the same content. */
  readonly assignments: readonly string[];
  /** Clusters that find their endpoints by host names. The same list as before where it has the same content. */
  readonly hostnames: readonly ClusterHostnames[];
  /** Changes that were not taken: their last good version, if there is one, is what was built. */
  readonly rejected: readonly Rejection[];
  /** Fallbacks that this version does not decode, or that are in error by themselves: they were left out. */
  readonly unusable: readonly Rejection[];
  /** Programs were made that this builder has not made before (they may come from the cache on disk). */
  readonly newShape: boolean;
  /** How many punts and notes the whole mesh has, but for notes of decoding. */
  readonly severities: Readonly<Record<"punt" | "note", number>>;
  readonly timing: BuildTiming;
  /** Where the builder had compiled programs from, over its life. */
  readonly objects: ObjectNumbers;
}

export interface ClusterHostnames {
  /** Its id. */
  readonly cluster: number;
  readonly queries: readonly HostnameQuery[];
}

/** Milliseconds. */
export interface BuildTiming {
  readonly decode: number;
  readonly resolve: number;
  readonly tables: number;
  readonly programs: number;
}

/** No bundle can be made with these changes; nothing of them was taken. */
export interface BuildRejected {
  readonly kind: "rejected";
  readonly diagnostics: readonly Diagnostic[];
}

export type BuildResult = Built | BuildRejected;

/**
 * Holds the decoded mesh and turns changes into bundles. One build at a time; each that is built must be proven before it is published, and
 * settled before the next.
 */
export interface Builder {
  /** Changes that a build is going to ask for, unless newer ones come before it: work on them may begin. */
  prepare?(changes: readonly Change[]): void;
  /** A rejected promise: the builder broke down (a bug, or memory). Nothing was taken, and the next build starts anew. */
  build(request: BuildRequest): Promise<BuildResult>;
  /**
   * Asks whether the tables that were built mean what the rules say, within a time budget; milliseconds that it took. A rejected promise: they
   * do not, or the builder broke down. The bundle may be written meanwhile, where no packet meets it.
   */
  prove(): Promise<number>;
  /** Whether what was built is what runs now (`keep`), or the changes are taken back. */
  settle(keep: boolean): void;
  /** Ends it. Resolves when what was kept last has been persisted. */
  close(): Promise<void>;
}

export function keyOf(kind: Input["kind"], name: string): string {
  return `${kind}/${name}`;
}
