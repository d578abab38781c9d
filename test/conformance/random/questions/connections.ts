import type { RowQuestion } from "../../question.ts";
import type { Dice } from "../dice.ts";
import { protocols, serverNames } from "../listeners.ts";
import { randomFrom } from "./sources.ts";

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
