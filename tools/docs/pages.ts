import { diagnosticsPage } from "./diagnostics.ts";
import { xdsSupportPage } from "./xds-support.ts";

/** The generated pages, by path from the package root. */
export function pages(): readonly { readonly file: string; readonly text: string }[] {
  return [
    { file: "docs/xds-support.md", text: xdsSupportPage() },
    { file: "docs/diagnostics.md", text: diagnosticsPage() },
  ];
}
