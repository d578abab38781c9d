import { parseIp } from "../ip.ts";
import { knownMethods } from "../methods.ts";

/** The first line of an HTTP/1 head, split as Envoy's parser splits it: at runs of bytes up to 0x20. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** Whether the line ends in `HTTP/1.1`: what Envoy takes for the version. */
  readonly http11: boolean;
  /** A line without version (HTTP/0.9) is a whole request. */
  readonly versionless: boolean;
}

const methods = new Set(knownMethods);

const versionPattern = /^HTTP\/[0-9]\.[0-9]$/;
const islands = /^([^\0-\x20]+)[\0-\x20]*([^\0-\x20]*)[\0-\x20]*([\s\S]*)$/;

/** `line` without its line end. Absent: Envoy refuses it. `anyMethod`: http_inspector has looked at the method. */
export function readRequestLine(line: string, anyMethod: boolean): RequestLine | undefined {
  const text = line.replace(/[\0-\x20]+$/, "");
  const parts = islands.exec(text);
  if (!parts) return undefined;
  const [, method, target, version] = parts as unknown as [string, string, string, string];
  if (!anyMethod && !methods.has(method)) return undefined;
  if (!isTarget(target, method === "CONNECT")) return undefined;
  if (version !== "" && !versionPattern.test(version)) return undefined;
  return { method, target, http11: text.endsWith("HTTP/1.1"), versionless: version === "" };
}

const pathTarget = /^[/*][!-~]*$/;
const absoluteTarget = /^[A-Za-z][A-Za-z0-9+\-.]*:\/\/([^/?]*)([/?][!-~]*)?$/;
const connectTarget = /^([^/?]*)([/?][!-~]*)?$/;
const hostPart = /^[A-Za-z0-9!$%&'()*+,\-.:;=@[\]_~]*$/;

function isTarget(target: string, connect: boolean): boolean {
  if (target === "") return false;
  if (target.startsWith("/") || target.startsWith("*")) return pathTarget.test(target);
  const parts = (connect ? connectTarget : absoluteTarget).exec(target);
  return parts !== null && hostPart.test(parts[1]!) && !parts[1]!.includes("@@");
}

/** The parts of an absolute target, or of a CONNECT target (no scheme, and no path but none). */
export interface AbsoluteTarget {
  readonly scheme: string;
  /** With the port when one is written. */
  readonly authority: string;
  /** From the first `/` or `?`; "/" when there is neither. */
  readonly path: string;
}

const absoluteParts = /^([A-Za-z]+):\/\/(?:[^/?#@]*@)?([^/?#@]*)([/?#][\s\S]*)?$/;
const authorityParts = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]+))?$/;

/** Absent: refused (another scheme, an empty or impossible host, a port above 65535). User information is left out. */
export function readAbsoluteTarget(target: string): AbsoluteTarget | undefined {
  const parts = absoluteParts.exec(target);
  if (!parts || !isAuthority(parts[2]!)) return undefined;
  const scheme = parts[1]!.toLowerCase();
  return scheme === "http" || scheme === "https" ? { scheme, authority: parts[2]!, path: parts[3] ?? "/" } : undefined;
}

/** `host:port` of a CONNECT; absent when it is anything else. */
export function readConnectTarget(target: string): string | undefined {
  return isAuthority(target) && authorityParts.exec(target)?.[2] !== undefined ? target : undefined;
}

/** `host` or `host:port`: a name of letters, digits, dots and hyphens, or an address in brackets. */
export function isAuthority(text: string): boolean {
  const parts = authorityParts.exec(text);
  if (!parts || (parts[2] !== undefined && Number(parts[2]) > 65535)) return false;
  return !text.startsWith("[") || parseIp(parts[1]!.slice(1, -1)) !== undefined;
}
