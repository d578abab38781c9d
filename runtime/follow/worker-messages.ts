import type { EarlyParcel, SentRequest } from "./early.ts";
import type { Parcel } from "./hand-over.ts";

export interface WorkerSetup {
  /** Folder in which the last good bundle is persisted. */
  readonly state: string | undefined;
}

export type ToWorker =
  | { readonly kind: "prepare"; readonly parcel: EarlyParcel }
  | { readonly kind: "build"; readonly request: SentRequest }
  | { readonly kind: "prove" }
  | { readonly kind: "settle"; readonly keep: boolean }
  | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "result"; readonly parcel: Parcel }
  /** Milliseconds. */
  | { readonly kind: "proven"; readonly took: number }
  /** A bug: the build was taken back, or is not proven. */
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "persist-error"; readonly message: string }
  | { readonly kind: "closed" };
