import type { RouteAction_RequestMirrorPolicy, VirtualHost } from "../decode/gen/types.ts";
import type { TableScope } from "./table-scope.ts";

/** What routes, virtual hosts and tables have. */
interface Mirrored {
  readonly request_mirror_policies?: readonly RouteAction_RequestMirrorPolicy[];
}

/** No copy is sent to a mirror, but where clusters are validated its cluster has to be there, if a route uses it. */
export function checkMirrors(
  { useMirror }: Pick<TableScope, "useMirror">,
  { request_mirror_policies: mirrors }: Mirrored,
  path: string,
): void {
  for (const [i, { cluster }] of (mirrors ?? []).entries()) {
    if (cluster) useMirror?.(cluster, () => `${path}.request_mirror_policies[${i}].cluster`);
  }
}

/** Whether some route of a virtual host has no mirrors of its own, so that those around it are its mirrors, whatever its action is. */
export function inheritsMirrors({ routes }: VirtualHost): boolean {
  return (routes ?? []).some(({ route }) => !hasMirrors(route));
}

/** Whether mirrors of its table are those of some route of a virtual host. */
export function inheritsTableMirrors(vhost: VirtualHost): boolean {
  return !hasMirrors(vhost) && inheritsMirrors(vhost);
}

function hasMirrors(holder: Mirrored | undefined): boolean {
  return Boolean(holder?.request_mirror_policies?.length);
}
