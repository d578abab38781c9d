import type { JsonObject } from "../../json-fields.ts";
import type { RowQuestion } from "../../question.ts";
import type { Dice } from "../dice.ts";
import { headerValues, pathWords, queryNames } from "../matches.ts";
import { domains } from "../routes.ts";
import { nearly, randomHeaderLine } from "./headers.ts";
import { type Head, mangle, render } from "./heads.ts";
import { collectHints, type Hints } from "./hints.ts";
import { froms, froms6, randomFrom } from "./sources.ts";

/** A question for a connection manager at `to`; `table` is its route table. */
export function httpQuestion(dice: Dice, to: string, table: JsonObject): RowQuestion {
  const hints = collectHints(table);
  const usual = to.startsWith("[") ? froms6[0]! : froms[0]!;
  const from = dice.chance(0.75) ? usual : randomFrom(dice, to);
  const head = requestOf(dice, hints);
  return { to, from, head: dice.chance(0.3) ? mangle(dice, head) : render(head) };
}

function requestOf(dice: Dice, hints: Hints): Head {
  const isPreflight = hints.origins !== undefined && dice.chance(0.5);
  const method = isPreflight
    ? "OPTIONS"
    : dice.chance(0.7)
      ? "GET"
      : dice.pick(["POST", "HEAD", "OPTIONS", "PUT", "DELETE", "CONNECT", "PROPFIND", "PURGE", "QUERY", "QUERY", "TRACE", "get", "FOO"]);
  const host = randomHost(dice, hints);
  const target = method === "CONNECT" ? dice.pick(["a.com:80", "a.com", "/a", "b.com:443", "[::1]:80"]) : randomTarget(dice, hints, host);
  const lines = [`Host: ${host}`, ...dice.list(0, 3, () => randomHeaderLine(dice, hints))];
  if (dice.chance(0.08))
    lines.push(
      ...dice.pick([
        ["Connection: upgrade", "Upgrade: websocket"],
        ["Connection: Upgrade, x-a", "Upgrade: foo"],
        ["Connection: Upgrade", "Upgrade: connect-udp"],
        ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"],
      ]),
    );
  if (isPreflight) {
    lines.push(`access-control-request-method: ${dice.chance(0.9) ? "GET" : ""}`);
    if (dice.chance(0.9)) lines.push(`origin: ${hints.origins!.length > 0 ? nearly(dice, dice.pick(hints.origins!)) : "a"}`);
  }
  return { method, target, version: "HTTP/1.1", lines };
}

function randomHost(dice: Dice, hints: Hints): string {
  const domain = (dice.chance(0.8) && hints.domains.length > 0 ? dice.pick(hints.domains) : dice.pick(domains)).replace(
    "é",
    "\u00c3\u00a9",
  );
  const label = () => dice.pick(["x", "x.y", "b-x", "", "-x", "X"]);
  const plain = domain === "*" ? dice.pick(["a.com", "zzz"]) : domain.replace(/^\*/, label).replace(/\*$/, label);
  switch (dice.int(10)) {
    case 0:
      return `${plain}:${dice.pick(["80", "81", "8080", "", "abc", "99999", "080"])}`;
    case 1:
      return `${plain}.`;
    case 2:
      return plain.toUpperCase();
    case 3:
      return `${dice.pick(["x.", "y", "."])}${plain}`;
    case 4:
      return dice.chance(0.5)
        ? `${plain}.:80`
        : dice.pick(["[::1]:80", "[::1]", "::1", "user@a.com", "a_b.com", "a,b", "a b", "a/b", "a%61", "a*.com"]);
    default:
      return plain;
  }
}

function randomTarget(dice: Dice, hints: Hints, host: string): string {
  let path = (dice.chance(0.75) && hints.paths.length > 0 ? dice.pick(hints.paths) : dice.pick(pathWords)).replace("é", "%C3%A9");
  path = path.replace(/\{[^}]*\}|\*+/g, () => dice.pick(["b", "b/c", "", "1"]));
  if (!path.startsWith("/")) path = `/${path}`;
  switch (dice.int(16)) {
    case 0:
      path += "/";
      break;
    case 1:
      path += dice.pick(["b", "/b", "/b/", "//b", "%2Fb", ";p=1", "/b;p/c", "/c"]);
      break;
    case 2:
      path = path.toUpperCase();
      break;
    case 3:
      path = path.replace(/a/, "%61");
      break;
    case 4:
      path = dice.pick(["/./", "//", "/x/../", "/%2e/", "/%2E%2e/", "/\\", "/%5C", "/%2F"]) + path.slice(1);
      break;
    case 5:
      path = path.slice(0, -1) || "/";
      break;
    case 6:
      path += dice.pick([
        "#f",
        "%",
        "%zz",
        "%00",
        "|",
        '"',
        "{",
        "^",
        "~",
        "<",
        "`",
        "%7e",
        "%7F",
        "\\",
        "/..",
        "/.",
        "/%2e%2E",
        ";",
        "%3B",
        "/../..",
        "%2f..",
        "a%5cb",
      ]);
      break;
    default:
  }
  if (dice.chance(0.3)) path += `?${randomQuery(dice)}`;
  if (dice.chance(0.05))
    return `${dice.pick(["http", "https", "HTTP", "ftp"])}://${dice.pick([host, "b.com", "a.com:80", "u@a.com", "[::1]:80"])}${dice.chance(0.8) ? path : ""}`;
  return dice.chance(0.01) ? dice.pick(["*", "a", "", "?q=1", "http://", "http://a.com?q"]) : path;
}

function randomQuery(dice: Dice): string {
  return dice
    .list(0, 3, () => {
      const name = dice.chance(0.7) ? "q" : dice.pick(queryNames.map((n) => encodeLatin(n)));
      return dice.chance(0.2) ? name : `${name}=${encodeLatin(dice.pick(headerValues))}`;
    })
    .join(dice.pick(["&", "&", "&&", ";"]));
}

/** Bytes that a target may not have are escaped, not always. */
function encodeLatin(text: string): string {
  return text.replaceAll("é", "%C3%A9").replaceAll(" ", "+");
}
