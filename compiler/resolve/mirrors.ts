import type { RouteAction_RequestMirrorPolicy } from "../decode/gen/types.ts";
import type { TableScope } from "./table-scope.ts";

/** What routes, virtual hosts and tables have. */
interface Mirrored {
  readonly request_mirror_policies?: readonly RouteAction_RequestMirrorPolicy[];
}

/** No copy is sent to a mirror, but where clusters are validated its cluster has to be there. */
export function checkMirrors(
  { useMirror }: Pick<TableScope, "useMirror">,
  { request_mirror_policies: mirrors }: Mirrored,
  path: string,
): void {
  for (const [i, { cluster }] of (mirrors ?? []).entries()) {
    if (cluster) useMirror?.(cluster, () => `${path}.request_mirror_policies[${i}].cluster`);
  }
}
