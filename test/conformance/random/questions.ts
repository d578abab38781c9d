/** Random questions for a snapshot, near to what its rules ask for. */
import type { Json, JsonObject } from "../json-fields.ts";
import type { RowQuestion } from "../question.ts";
import type { Dice } from "./dice.ts";
import { protocols, serverNames } from "./listeners.ts";
import { headerNames, headerValues, oddNames, pathWords, queryNames } from "./matches.ts";
import { domains } from "./routes.ts";

const froms = ["192.168.1.1:1111", "192.168.2.2:2222", "127.0.0.1:3333", "10.0.0.1:1111", "8.8.8.8:9999", "127.5.5.5:1111"];
const froms6 = ["[fd00::9]:1111", "[::1]:2222", "[2001:db8::1]:3333", "[fd00::1]:1111"];

/** The source, of the destination's family. */
function randomFrom(dice: Dice, to: string): string {
  return dice.pick(to.startsWith("[") ? froms6 : froms);
}

/** A question for a connection manager at `to`; `table` is its route table. */
export function httpQuestion(dice: Dice, to: string, table: JsonObject): RowQuestion {
  const hints = collectHints(table);
  const from = dice.chance(0.75) ? froms[0]! : randomFrom(dice, to);
  const source = to.startsWith("[") ? froms6[0]! : from;
  const head = requestOf(dice, hints);
  return { to, from: source, head: dice.chance(0.3) ? mangle(dice, head) : render(head) };
}

interface Head {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly lines: readonly string[];
}

function render(head: Head): string {
  return `${head.method} ${head.target} ${head.version}\r\n${head.lines.map((line) => `${line}\r\n`).join("")}\r\n`;
}

/** What the rules of a table name. */
interface Hints {
  readonly domains: readonly string[];
  readonly paths: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
  readonly names: readonly string[];
}

function collectHints(table: JsonObject): Hints {
  const found = { domains: [] as string[], paths: [] as string[], headers: [] as [string, string][], names: [] as string[] };
  const visit = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === "domains") found.domains.push(...(inner as string[]));
        if (["prefix", "path", "path_separated_prefix", "path_template"].includes(key) && typeof inner === "string")
          found.paths.push(inner);
        if (key === "regex" && typeof inner === "string") found.paths.push(...pathsOf(inner));
        if (["cluster_header", "header_name", "vhost_header", "host_rewrite_header"].includes(key)) found.names.push(String(inner));
        visit(inner);
      }
      const { name } = value;
      if (typeof name === "string" && ("string_match" in value || "range_match" in value || "present_match" in value)) {
        const text = JSON.stringify(value);
        const wanted = /"(?:exact|prefix|suffix|contains|start)":"([^"]*)"/.exec(text)?.[1] ?? "a";
        found.headers.push([name, wanted]);
      } else if (typeof name === "string" && /^[a-z_-]+$/i.test(name)) found.names.push(name);
    }
  };
  visit(table);
  return found;
}

/** Texts that an expression may take. */
function pathsOf(regex: string): string[] {
  return regex.startsWith("/") || regex.startsWith("^/") || regex.startsWith("(")
    ? ["/a", "/b", "/a/1/b", "/a.b", "/aaa", "/ac", "/abbcd", "/12", "/a/b", "/x.js"]
    : [];
}

function requestOf(dice: Dice, hints: Hints): Head {
  const method = dice.chance(0.7)
    ? "GET"
    : dice.pick(["POST", "HEAD", "OPTIONS", "PUT", "DELETE", "CONNECT", "PROPFIND", "PURGE", "TRACE", "get", "FOO"]);
  const host = randomHost(dice, hints);
  const target = method === "CONNECT" ? dice.pick(["a.com:80", "a.com", "/a", "b.com:443", "[::1]:80"]) : randomTarget(dice, hints, host);
  const lines = [`Host: ${host}`, ...dice.list(0, 3, () => randomHeaderLine(dice, hints))];
  if (dice.chance(0.08))
    lines.push(
      ...dice.pick([
        ["Connection: upgrade", "Upgrade: websocket"],
        ["Connection: Upgrade, x-a", "Upgrade: foo"],
        ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"],
      ]),
    );
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

function randomHeaderLine(dice: Dice, hints: Hints): string {
  if (hints.headers.length > 0 && dice.chance(0.6)) {
    const [name, wanted] = dice.pick(hints.headers);
    if (!name.startsWith(":") && name.toLowerCase() !== "host") return `${spell(dice, name)}: ${nearly(dice, wanted)}`;
  }
  if (dice.chance(0.08))
    return `cookie: ${dice.pick(["s=a", "s=b; t=a", 's="a"', "t=1;s=ab", " s=a ;  S=b", "s", "s=", "=a", "s=a=b", 's="a', "s =a"])}`;
  const name =
    hints.names.length > 0 && dice.chance(0.25) ? dice.pick(hints.names) : dice.chance(0.65) ? dice.pick(headerNames) : dice.pick(oddNames);
  return `${spell(dice, name === "host" ? "x-a" : name)}: ${headerValue(dice, name)}`;
}

function spell(dice: Dice, name: string): string {
  return dice.chance(0.2) ? name.toUpperCase() : name;
}

function nearly(dice: Dice, value: string): string {
  const wire = value.replaceAll("é", "\u00c3\u00a9");
  switch (dice.int(12)) {
    case 0:
      return `${wire}x`;
    case 1:
      return `x${wire}`;
    case 2:
      return wire.toUpperCase();
    case 3:
      return ` ${wire} `;
    case 4:
      return `${wire},${wire}`;
    case 5:
      return wire.slice(0, -1);
    case 6:
      return "";
    default:
      return wire;
  }
}

const special: Readonly<Record<string, readonly string[]>> = {
  "content-type": [
    "application/grpc",
    "application/grpc+proto",
    "application/grpc;x",
    "application/grpc-web",
    "text/plain",
    "Application/grpc",
  ],
  connection: [
    "close",
    "keep-alive",
    "x-a",
    "x-a, close",
    "upgrade",
    "te",
    "x-forwarded-for",
    "",
    ",",
    "host",
    "x-b,,x-a",
    "content-length",
  ],
  upgrade: ["websocket", "h2c", "foo"],
  te: ["trailers", "gzip", "gzip, trailers", "trailers;q=1"],
  "transfer-encoding": ["chunked", "gzip", "Chunked", "identity"],
  "content-length": ["0", "5", "-1", "a", "+5", "5, 5", ""],
  expect: ["100-continue", "100-Continue", "foo"],
  "x-forwarded-proto": ["https", "http", "HTTPS", "ftp", ""],
  "x-forwarded-for": ["1.2.3.4", "10.0.0.9", "1.2.3.4, 10.0.0.9", "a", "192.168.3.4:80", "::1"],
  "x-envoy-internal": ["true", "false"],
  referer: ["http://a.com/x", "https://a.com", "a", "ftp://x", "http://u@a.com/", "HTTP://A.com/?q"],
  "x-request-id": ["abc", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6e"],
  "x-envoy-upstream-rq-timeout-ms": ["5000"],
  "x-envoy-expected-rq-timeout-ms": ["5000"],
};
const clusterish = ["c0", "c1", "missing", "pair", "0", "1", "2", "7", "+1", "01", "-1", "18446744073709551616", "18446744073709551615"];

function headerValue(dice: Dice, name: string): string {
  const values = special[name.toLowerCase()];
  if (values && dice.chance(0.85)) return dice.pick(values);
  return dice.chance(0.25) ? dice.pick(clusterish) : nearly(dice, dice.pick(headerValues));
}

/** The same head written otherwise, or wrongly. */
function mangle(dice: Dice, head: Head): string {
  const text = render(head);
  const [first = "", ...rest] = head.lines;
  switch (dice.int(25)) {
    case 0:
      return text.replaceAll("\r\n", "\n");
    case 1:
      return `\r\n${text}`;
    case 2:
      return text.replace(
        " HTTP/1.1",
        dice.pick([" HTTP/1.0", " HTTP/1.2", " HTTP/2.0", " HTTP/0.9", " http/1.1", " HTTP/1.1 ", " HTTP/11", "", " HTTP/1.10"]),
      );
    case 3:
      return render({ ...head, version: "HTTP/1.0", lines: dice.chance(0.5) ? rest : head.lines });
    case 4:
      return render({ ...head, lines: rest });
    case 5:
      return render({ ...head, lines: [...head.lines, dice.pick(["Host: a.com", "host: b.com", first])] });
    case 6:
      return render({ ...head, lines: [...head.lines, dice.pick([" folded", "\tx", " x-a: 1"])] });
    case 7:
      return render({
        ...head,
        lines: [...head.lines, dice.pick(["x-a : 1", "x a: 1", ": 1", "x-a", "x-a\t: 1", "x(a): 1", "x-\u00e9: 1"])],
      });
    case 8:
      return render({
        ...head,
        lines: [...head.lines, `x-a: ${dice.pick(["a\tb", "\u00e9", "a\u0001b", "a\u0000b", "a\u007fb", "\t a \t", "\u00a0a", "a\rb"])}`],
      });
    case 9:
      return render({ ...head, lines: [...head.lines, ...head.lines.slice(1)] });
    case 10:
      return render({
        ...head,
        lines: [
          ...head.lines,
          ...dice.list(
            1,
            3,
            () => `${dice.pick(["x-a", "x-b", "accept", "cookie", "te", "user-agent", "x_u"])}: ${dice.pick(["a", "b", "abc", "s=a", ""])}`,
          ),
        ],
      });
    case 11:
      return text.replace(" ", dice.pick(["  ", "\t", " \t "]));
    case 12:
      return text.replace(/ (HTTP)/, (_, version: string) => `${dice.pick(["  ", "\t", " \t"])}${version}`);
    case 13:
      return render({
        ...head,
        lines: [...head.lines, "Content-Length: 0", dice.pick(["Content-Length: 0", "Transfer-Encoding: chunked", "content-length: 1"])],
      });
    case 14:
      return render({ ...head, lines: dice.list(60, 130, (i) => (i === 0 ? first : `x-n${i}: 1`)) });
    case 15:
      return render({ ...head, lines: [...head.lines, `x-a: ${"a".repeat(dice.pick([900, 1100, 8000, 61_000, 62_000]))}`] });
    case 16:
      return render({
        ...head,
        target: dice.pick([
          "*",
          "a",
          "/\u00e9",
          "/a b",
          "/\u0001",
          "//",
          "http://a.com",
          "http:///a",
          "/a\u007f",
          "https://a.com/a",
          "http://a.com:80/a",
          "http://[::1]/a",
          "http://a.com:99999/",
          "HTTP://A.com/A",
        ]),
      });
    case 17:
      return render({
        ...head,
        method: dice.pick(["GE T", "", "G\u00e9", "GET\u0001", "PATCH", "M-SEARCH", "MSEARCH", "PRI", "LINK", "SOURCE"]),
      });
    case 18:
      return text.slice(0, dice.int(text.length));
    case 19:
      return text.replace("Host:", dice.pick(["Host :", "HOST:", "host:", "Host:\t", "Host:  "]));
    case 20:
      return dice.pick([
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001",
        "hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "\u0000\u0000\u0000\u0000",
      ]);
    case 21:
      return render({
        ...head,
        lines: [
          ...head.lines,
          dice.pick([
            "Connection: a,b,c,d,e,f,g,h,i",
            "Connection: a,b,c,d,e,f,g,h,i,j",
            "connection: :path",
            "connection: host",
            "Connection: x-forwarded-proto",
            "connection: x-request-id, x-a",
          ]),
        ],
      });
    case 22:
      return render({ ...head, lines: [...rest, first] });
    case 23:
      return render({ ...head, lines: head.lines.map((line) => line.replace(": ", dice.pick([":", ":   ", ":\t"]))) });
    default:
      return render({
        ...head,
        method: "GET",
        lines: [...head.lines, `${dice.pick(oddNames)}: ${dice.pick(headerValues.filter((v) => v !== "é"))}`],
      });
  }
}

/** A question for a tree of chains. */
export function connectionQuestion(dice: Dice, tos: readonly string[]): RowQuestion {
  const to = dice.pick(tos);
  const from = randomFrom(dice, to);
  switch (dice.int(10)) {
    case 0:
      return { to, from };
    case 1:
    case 2:
      return {
        to,
        from,
        raw: dice.pick([
          "hello\n",
          "GET / HTTP/1.1\n\n",
          "\u0016\u0003\u0001",
          "\u0016\u0003\u0001\u0000\u0002hi",
          "x",
          "SSH-2.0-x\r\n",
          "\u0000\u0001\u0002\u0003\u0004\u0005",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "\r\n",
          " GET / HTTP/1.1\r\n",
        ]),
      };
    case 3:
    case 4:
      return {
        to,
        from,
        head: `${dice.pick(["GET", "get", "FOO", "GE\u0001T"])} ${dice.pick(["/", "/a", "*", "http://a/", ""])} ${dice.pick(["HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "FTP/1.1", ""])}\r\nHost: a.com\r\n\r\n`,
      };
    default:
      return {
        to,
        from,
        tls: {
          ...dice.maybe(0.8, () => ({ sni: randomSni(dice) })),
          ...dice.maybe(0.7, () => ({ alpn: dice.list(1, 3, () => dice.pick(protocols)) })),
        },
      };
  }
}

function randomSni(dice: Dice): string {
  const name = dice.pick(serverNames).replace(/^\*/, () => dice.pick(["x", "x.y", "b", ""]));
  switch (dice.int(8)) {
    case 0:
      return `${name}.`;
    case 1:
      return name.toUpperCase();
    case 2:
      return `y${name}`;
    case 3:
      return dice.pick(["com", "", "a", "10.0.0.1", "*.a.com", ".com", "x..com"]);
    default:
      return name;
  }
}
