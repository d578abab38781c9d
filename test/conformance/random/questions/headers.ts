import type { Dice } from "../dice.ts";
import { headerNames, headerValues, oddNames } from "../matches.ts";
import type { Hints } from "./hints.ts";

/** A line of a header, often one that the rules ask for. */
export function randomHeaderLine(dice: Dice, hints: Hints): string {
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

export function nearly(dice: Dice, value: string): string {
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
  upgrade: ["websocket", "h2c", "foo", "connect-udp"],
  te: ["trailers", "gzip", "gzip, trailers", "trailers;q=1"],
  "transfer-encoding": ["chunked", "gzip", "Chunked", "identity"],
  "content-length": ["0", "5", "-1", "a", "+5", "5, 5", ""],
  expect: ["100-continue", "100-Continue", "foo"],
  "x-forwarded-proto": ["https", "http", "HTTPS", "ftp", ""],
  "x-forwarded-for": [
    "1.2.3.4",
    "10.0.0.9",
    "1.2.3.4, 10.0.0.9",
    "10.0.0.9,FD00::A , 8.8.8.8",
    "10.0.0.9,",
    ",10.0.0.9",
    "a",
    "192.168.3.4:80",
    "::1",
  ],
  "x-envoy-internal": ["true", "false"],
  referer: ["http://a.com/x", "https://a.com", "a", "ftp://x", "http://u@a.com/", "HTTP://A.com/?q"],
  "x-envoy-original-dst-host": ["10.1.0.1:8080", "10.1.3.9:8080", "[fd00::7]:8080", "10.1.0.1", "a:80", ""],
  "x-request-id": ["abc", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6e"],
  "x-envoy-upstream-rq-timeout-ms": ["5000"],
  "x-envoy-expected-rq-timeout-ms": ["5000"],
};
const clusterish = ["c0", "c1", "missing", "pair", "0", "1", "2", "7", "+1", "01", "-1", "18446744073709551616", "18446744073709551615"];

function headerValue(dice: Dice, name: string): string {
  // A cluster may take its endpoint from it.
  if (name === "x-a" && dice.chance(0.1)) return dice.pick(["10.1.0.1:8080", "[fd00::7]:8080", "10.1.0.1", "a:80"]);
  const values = special[name.toLowerCase()];
  if (values && dice.chance(0.85)) return dice.pick(values);
  return dice.chance(0.25) ? dice.pick(clusterish) : nearly(dice, dice.pick(headerValues));
}
