import { isIP } from "node:net";
import type { Diagnostic } from "../../compiler/diag/index.ts";

export type AdminAddress =
  /** Empty host: every address. */
  { readonly kind: "tcp"; readonly host: string; readonly port: number } | { readonly kind: "unix"; readonly path: string };

/** Of a Unix socket: sun_path of unix(7) without its last zero. Node cuts a longer one off and says nothing. */
const MAX_SOCKET_PATH = 107;

/** `127.0.0.1:15200`, `[::1]:15200`, `localhost:15200` or `unix:/run/kmesh.sock`; anything that others can reach is KM6302. */
export function parseAdminAddress(text: string): AdminAddress | Diagnostic {
  if (text.startsWith("unix:") && text.length > "unix:".length) {
    const path = text.slice("unix:".length);
    if (Buffer.byteLength(path) > MAX_SOCKET_PATH) return refuse(text, `a socket's path has ${MAX_SOCKET_PATH} bytes at most`);
    return { kind: "unix", path };
  }
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? "";
  const port = Number(match?.[3] ?? Number.NaN);
  if (!match || port > 65_535) return refuse(text, "it is neither HOST:PORT nor unix:PATH");
  if (!isLoopback(host)) return refuse(text, `${host} is no loopback address`);
  // A name could be resolved to anything.
  return { kind: "tcp", host: host === "localhost" ? "127.0.0.1" : host, port };
}

/** `:15020` (every address), `HOST:PORT` or `off`: numbers about the daemon are for scrapers elsewhere too. Else KM6302. */
export function parseMetricsAddress(text: string): AdminAddress | Diagnostic | undefined {
  if (text === "off") return undefined;
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match && port <= 65_535) return { kind: "tcp", host: match[1] ?? match[2] ?? "", port };
  return { code: "KM6302", severity: "error", path: text, message: "it is neither [HOST]:PORT nor off", hint: "use :15020" };
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

function refuse(path: string, message: string): Diagnostic {
  return { code: "KM6302", severity: "error", path, message, hint: "use 127.0.0.1:15200 or unix:/run/kmesh.sock" };
}
