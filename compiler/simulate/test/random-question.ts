/** Random questions about the models of random.ts. */
import type { Question } from "../../hir/index.ts";
import { bytes } from "../questions/connections.ts";
import { paths, type Random } from "./random.ts";

const hosts = [
  "a.com",
  "A.com",
  "x.a.com",
  "x.y.a.com",
  "b.org",
  "b.net",
  "b.",
  "com",
  "a.com:80",
  "a.com.",
  "",
  "-x.org",
  "q-x.org",
  "[::1]:80",
];

const lines = [
  "x-a: a",
  "x-a: b",
  "x-a:",
  "x-b: 5",
  "X-A:  ab ",
  "x-c: a",
  "x-c: gone",
  "x-pick: 7",
  "x-pick: 101",
  "x-pick: x",
  "via: a",
  "via: b",
  "te: trailers",
  "te: gzip",
  "cookie: k=a; l=b",
  'cookie: k="ab"',
  "x-forwarded-for: 10.1.1.1",
  "x-forwarded-for: 9.9.9.9",
  "x-forwarded-proto: https",
  "content-type: application/grpc",
  "connection: upgrade",
  "upgrade: websocket",
  "upgrade: foo",
  "connection: x-a",
  "x_u: 1",
  "x-envoy-retry-on: 5xx",
  "x-envoy-internal: true",
  "x-request-id: 1",
  "expect: 100-continue",
  "x-a: \xc3\xa9",
  "x-a: \xff",
  "x-b: -3",
  "x-b: +5",
  "Host: a.com",
  "x-a: 1\r\n 2",
];

function randomHead(r: Random): string {
  const target = r.pick([
    "/",
    ...paths,
    "/a?q=1",
    "/a?q=a&q=b",
    "/b?x?q=ab",
    "/%2F",
    "/a/..;/b",
    "http://x.a.com/a",
    "*",
    "/#",
    "//",
    "a.com:80",
  ]);
  const wire = Buffer.from(target, "utf8").toString("latin1");
  const method = r.pick(["GET", "GET", "GET", "POST", "CONNECT", "OPTIONS", "get"]);
  const version = r.pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", ""]);
  const host = r.once(12) ? [] : [`Host: ${r.pick(hosts)}`];
  return `${method} ${method === "CONNECT" && r.once(2) ? "a.com:80" : wire} ${version}\r\n${[...host, ...r.some(5, () => r.pick(lines))].map((l) => `${l}\r\n`).join("")}\r\n`;
}

export function randomQuestion(r: Random): Question {
  const ips = ["10.0.1.1", "10.0.0.1", "10.0.2.2", "9.9.9.9", "fd00::1", "fe80::1", "127.0.0.1", "::1", "10.0.1.255", "200.0.0.1"];
  const to = { ip: r.pick(ips), port: r.pick([80, 80, 80, 443, 81, 0xffff]) };
  const from = r.once(3) ? {} : { from: { ip: r.once(6) ? to.ip : r.pick(ips), port: r.pick([1, 2, 3, 0xffff]) } };
  switch (r.below(10)) {
    case 0:
      return { to, ...from, first: { kind: "nothing" } };
    case 1:
    case 2: {
      const sni = r.once(4) ? {} : { sni: r.pick(["a.com", "x.a.com", "X.A.com", ".a.com", "b.com", "a.com.", "com", "x.y.a.com", ""]) };
      return { to, ...from, first: { kind: "tls", ...sni, alpn: r.some(3, () => r.pick(["h2", "http/1.1", "H2", "x"])) } };
    }
    case 3:
      return {
        to,
        ...from,
        first: bytes(
          r.pick([
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "PRI * H",
            "abc",
            "abc\r\n",
            "\x16\x03\x01\x00\x05",
            "GET / HT",
            "\r\n",
            "FOO /x HTTP/1.1\r\n",
          ]),
        ),
      };
    default:
      return { to, ...from, first: bytes(randomHead(r)) };
  }
}
