/** Heads as bytes: as they should be, and otherwise. */
import type { Dice } from "../dice.ts";
import { headerValues, oddNames } from "../matches.ts";

/** An HTTP/1 head; its header lines without their ends. */
export interface Head {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly lines: readonly string[];
}

/** As bytes: latin-1 text. */
export function render(head: Head): string {
  return `${head.method} ${head.target} ${head.version}\r\n${head.lines.map((line) => `${line}\r\n`).join("")}\r\n`;
}

/** The same head written otherwise, or wrongly. */
export function mangle(dice: Dice, head: Head): string {
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
