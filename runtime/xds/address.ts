/** Where a control plane listens. */
export type XdsAddress = { readonly kind: "unix"; readonly path: string } | { readonly kind: "tcp"; readonly port: number };

/**
 * `HOST:PORT`, `[IPV6]:PORT`, the same behind gRPC's `dns:///`, or `unix:PATH`. Undefined for everything else, which gRPC would take for a
 * name and ask DNS for, again and again.
 */
export function parseXdsAddress(text: string): XdsAddress | undefined {
  const path = /^unix:(\S.*)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: "unix", path };
  const port = Number(/^(?:dns:(?:\/\/[^/\s]*\/)?)?(?:\[[0-9a-fA-F:.%\w]+\]|[^\s:/[\]]+):(\d{1,5})$/.exec(text)?.[1]);
  return port >= 1 && port <= 65_535 ? { kind: "tcp", port } : undefined;
}
