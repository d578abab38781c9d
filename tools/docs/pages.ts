import { adminPage } from "./admin.ts";
import { diagnosticsPage } from "./diagnostics.ts";
import { limitsPage } from "./limits.ts";
import { metricsPage } from "./metrics.ts";
import { xdsSupportPage } from "./xds-support.ts";

/** The generated pages, by path from the package root. */
export function pages(): readonly { readonly file: string; readonly text: string }[] {
  return [
    { file: "docs/xds-support.md", text: xdsSupportPage() },
    { file: "docs/diagnostics.md", text: diagnosticsPage() },
    { file: "docs/admin.md", text: adminPage() },
    { file: "docs/limits.md", text: limitsPage() },
    { file: "docs/metrics.md", text: metricsPage() },
  ];
}
