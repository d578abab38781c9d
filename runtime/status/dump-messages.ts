import type { BundleTables } from "./dump.ts";

/** What is to be dumped. */
export type DumpRequest =
  | { readonly kind: "published-tables"; readonly folder: string }
  | { readonly kind: "published-config"; readonly folder: string }
  | { readonly kind: "tables"; readonly of: BundleTables };

export type DumpReply = { readonly kind: "text"; readonly text: string } | { readonly kind: "failed"; readonly message: string };
