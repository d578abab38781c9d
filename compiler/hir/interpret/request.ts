import { asciiLower } from "../bytes.ts";

/** A request as the route table sees it; latin-1 text. */
export interface HttpRequest {
  readonly protocol: "HTTP/1.0" | "HTTP/1.1";
  readonly method: string;
  /** The Host header, after any strip option. */
  readonly authority: string;
  /** With query. Absent for CONNECT. */
  readonly path?: string;
  readonly scheme: string;
  /** Names in lower case, without `host`; lines of one name in their order. */
  readonly headers: readonly RequestHeader[];
  /** Lines of a header, by lower-case name; pseudo headers and `host` too. Empty when absent. */
  readonly values: (name: string) => readonly string[];
}

export type RequestHeader = readonly [name: string, value: string];

const none: readonly string[] = [];

/** Builds the look-up by name on its first use. */
export function makeRequest(parts: Omit<HttpRequest, "values">): HttpRequest {
  let index: Map<string, string[]> | undefined;
  const values = (name: string): readonly string[] => {
    if (!index) {
      index = new Map([
        [":method", [parts.method]],
        [":authority", [parts.authority]],
        ["host", [parts.authority]],
        [":scheme", [parts.scheme]],
      ]);
      if (parts.path !== undefined) index.set(":path", [parts.path]);
      for (const [header, value] of parts.headers) {
        const lines = index.get(header);
        if (lines) lines.push(value);
        else index.set(header, [value]);
      }
    }
    return index.get(name) ?? none;
  };
  return { ...parts, values };
}

/** The path without query; "" for CONNECT. */
export function pathOnly(path: string | undefined): string {
  if (path === undefined) return "";
  const query = path.indexOf("?");
  return query < 0 ? path : path.slice(0, query);
}

/** A gRPC request, as route matchers and local replies see it; CONNECT, without path, is none. */
export function isGrpcRequest(request: HttpRequest): boolean {
  return request.path !== undefined && hasGrpcContentType(request.values("content-type"));
}

/** `application/grpc`, or with a `+suffix`; case-sensitive. */
export function hasGrpcContentType(values: readonly string[]): boolean {
  const type = values[0];
  return type !== undefined && (type === "application/grpc" || type.startsWith("application/grpc+"));
}

/** Whether a comma separated list holds `token` (lower case), in any case, blanks around it ignored. */
export function hasToken(list: string, token: string): boolean {
  return list.split(",").some((part) => asciiLower(part.trim()) === token);
}
