import type { HirHttp } from "../model.ts";

/** Where the port's colon stands: the last one outside brackets; -1 for none. The port may be empty or no number. */
export function portStart(host: string): number {
  const colon = host.lastIndexOf(":");
  return colon >= 0 && host.lastIndexOf("]") < colon ? colon : -1;
}

/** strip_trailing_host_dot, then strip_any_host_port or strip_matching_host_port (`port`: the one the client connected to). */
export function stripHost(host: string, http: Pick<HirHttp, "stripHostPort" | "stripTrailingHostDot">, port: number): string {
  const name = http.stripTrailingHostDot ? stripTrailingDot(host) : host;
  switch (http.stripHostPort) {
    case "none":
      return name;
    case "any":
    case "matching": {
      const colon = portStart(name);
      const number = colon < 0 ? undefined : portNumber(name.slice(colon + 1));
      if (number === undefined || (http.stripHostPort === "matching" && number !== port)) return name;
      return name.slice(0, colon);
    }
  }
}

function stripTrailingDot(host: string): string {
  const dot = host.lastIndexOf(".");
  if (dot < 0) return host;
  if (dot === host.length - 1) return host.slice(0, -1);
  return host[dot + 1] === ":" ? host.slice(0, dot) + host.slice(dot + 1) : host;
}

/** An unsigned 32-bit decimal, a plus sign allowed: what Envoy takes for a port here. */
function portNumber(text: string): number | undefined {
  if (!/^\+?[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 0xffffffff ? value : undefined;
}
