import { assertNever } from "../../diag/index.ts";
import { asciiLower, wireText } from "../bytes.ts";
import type { HirPathMatch, HirRoute, HirRouteConfig } from "../model.ts";
import { compileRegex } from "../regex.ts";
import { compileCookie } from "./match-cookie.ts";
import { compileHeader, type RequestTest } from "./match-header.ts";
import { compileQuery } from "./match-query.ts";
import { isGrpcRequest, pathOnly } from "./request.ts";

/** Everything that a route asks of a request but its runtime_fraction. */
export function compileRoute(route: HirRoute, config: Pick<HirRouteConfig, "ignorePathParameters">): RequestTest {
  const { match } = route;
  if (match.never) return () => false;
  const tests: RequestTest[] = [compilePath(match.path, match.caseSensitive, config.ignorePathParameters)];
  if (match.grpc) tests.push(isGrpcRequest);
  tests.push(...match.headers.map(compileHeader), ...match.query.map(compileQuery), ...match.cookies.map(compileCookie));
  return tests.length === 1 ? tests[0]! : (request) => tests.every((test) => test(request));
}

/** CONNECT has no path and matches no other kind; a regex has its own `(?i)` and ignores case_sensitive. */
function compilePath(match: HirPathMatch, caseSensitive: boolean, ignoreParameters: boolean): RequestTest {
  if (match.kind === "connect") return (request) => request.method === "CONNECT";
  const test = compilePathText(match, caseSensitive);
  return (request) => {
    if (request.path === undefined) return false;
    const path = pathOnly(request.path);
    // A template is matched against the path as it is, a parameter is part of its segment there.
    return test(ignoreParameters && match.kind !== "template" ? cutParameters(path) : path);
  };
}

function compilePathText(match: Exclude<HirPathMatch, { kind: "connect" }>, caseSensitive: boolean): (path: string) => boolean {
  switch (match.kind) {
    case "regex":
    case "template":
      return compileRegex(match.regex).full;
    case "prefix":
    case "path":
    case "path_separated_prefix": {
      const fold = caseSensitive ? (text: string) => text : asciiLower;
      const value = fold(wireText(match.value));
      if (match.kind === "prefix") return (path) => fold(path).startsWith(value);
      if (match.kind === "path") return (path) => fold(path) === value;
      return (path) => fold(path).startsWith(value) && (path.length === value.length || path[value.length] === "/");
    }
    default:
      return assertNever(match);
  }
}

/** `;...` up to the next slash, in every segment. */
function cutParameters(path: string): string {
  return path.replace(/;[^/]*/g, "");
}
