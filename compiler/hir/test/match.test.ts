import type { HirHttp, HirRouteMatch } from "../model.ts";
import { forward, fraction, get, prefix, regex, route, routes, text, vhost, web, weighted } from "./build.ts";
import { type Row, tableSuite } from "./table.ts";

const when = (match: Partial<HirRouteMatch>) => routes([route({ match, to: "a" }), route({ to: "b" })]);
const query = (name: string, value: HirRouteMatch["query"][number]["value"]) => when({ query: [{ name, value }] });
const present = { kind: "present", present: true } as const;
const absent = { kind: "present", present: false } as const;
const cookie = (name: string, value: HirRouteMatch["cookies"][number]["value"], invert = false) =>
  when({ cookies: [{ name, value, invert }] });
const type = (value: string) => get("/", [`content-type: ${value}`]);
const connect = (more: Partial<HirHttp>, own?: boolean) =>
  routes(
    [route({ path: { kind: "connect" }, to: own === undefined ? forward("a") : forward("a", { connect: own }) }), route({ to: "b" })],
    { http: more },
  );
const connectHead = { head: "CONNECT a.com:443 HTTP/1.1\r\nHost: a.com:443\r\n\r\n" };
const tls = (requireTls: "all" | "external_only", more: Partial<HirHttp> = {}) =>
  web([vhost(["*"], [route({ to: "a" })], { requireTls })], { http: more });
const internal = { useRemoteAddress: true, internalCidrs: [{ ip: "10.0.0.0", length: 8 }] };

const rows: readonly Row[] = [
  ["the first occurrence counts", query("q", text("exact", "2")), get("/?q=2&q=1"), "a"],
  ["the first occurrence counts", query("q", text("exact", "1")), get("/?q=2&q=1"), "b"],
  ["nothing is decoded", query("q", text("exact", "a b")), get("/?q=a%20b"), "b"],
  ["nothing is decoded", query("q", text("exact", "a+b")), get("/?q=a+b"), "a"],
  ["names are case-sensitive", query("Q", present), get("/?q=1"), "b"],
  ["q has the empty value", query("q", text("exact", "")), get("/?q"), "a"],
  ["q= has the empty value", query("q", text("exact", "")), get("/?q="), "a"],
  ["& alone separates", query("q", text("exact", "1;r=2")), get("/?q=1;r=2"), "a"],
  ["the query starts at the first ?", query("x?q", text("exact", "1")), get("/?x?q=1"), "a"],
  ["present", query("q", present), get("/?q"), "a"],
  ["present", query("q", present), get("/"), "b"],
  ["absent", query("q", absent), get("/"), "a"],
  ["absent", query("q", absent), get("/?q"), "b"],
  ["a value fails when it is missing", query("q", regex(".*")), get("/?r=1"), "b"],
  ["grpc", when({ grpc: true }), type("application/grpc"), "a"],
  ["grpc with a suffix", when({ grpc: true }), type("application/grpc+proto"), "a"],
  ...["application/grpc;x", "application/grpc-web", "Application/grpc", "text/plain"].map(
    (value): Row => ["not grpc", when({ grpc: true }), type(value), "b"],
  ),
  ["cookie", cookie("c", text("exact", "1")), get("/", ["cookie: b=2; c=1"]), "a"],
  ["the first cookie of that name", cookie("c", text("exact", "2")), get("/", ["cookie: c=1; c=2"]), "b"],
  ["cookies of all lines", cookie("c", text("exact", "1")), get("/", ["cookie: b=2", "cookie:   c=1"]), "a"],
  ["blanks after the semicolon are optional", cookie("c", text("exact", "1")), get("/", ["cookie: b=2;c=1"]), "a"],
  ["quotes are removed", cookie("c", text("exact", "1")), get("/", ['cookie: c="1"']), "a"],
  ["cookie names are case-sensitive", cookie("C", text("exact", "1")), get("/", ["cookie: c=1"]), "b"],
  ["a missing cookie", cookie("c", regex(".*")), get(), "b"],
  ["a missing cookie, inverted", cookie("c", text("exact", "1"), true), get(), "a"],
  ["a match that plaintext can't have", when({ never: true }), get(), "b"],
  ["fraction 30/100", when({ fraction: fraction(30) }), get(), "a 0.3 b 0.7"],
  ["fraction 0", when({ fraction: fraction(0) }), get(), "b"],
  ["fraction of 100 % and more", when({ fraction: fraction(120) }), get(), "a"],
  ["fraction per million", when({ fraction: fraction(1, 1_000_000) }), get(), "a 0.000001 b 0.999999"],
  [
    "one number is drawn for all fractions",
    routes([
      route({ match: { fraction: fraction(30) }, to: "a" }),
      route({ match: { fraction: fraction(50) }, to: "b" }),
      route({ to: "c" }),
    ]),
    get(),
    "a 0.3 b 0.2 c 0.5",
  ],
  [
    "and for weighted clusters",
    routes([route({ match: { fraction: fraction(50) }, to: forward(weighted({ a: 50, b: 50 })) }), route({ to: "c" })]),
    get(),
    "a 0.5 c 0.5",
  ],
  [
    "a later fraction that an earlier one covers",
    routes([
      route({ match: { fraction: fraction(30) }, to: "a" }),
      route({ match: { fraction: fraction(20) }, to: "b" }),
      route({ to: "c" }),
    ]),
    get(),
    "a 0.3 c 0.7",
  ],
  ["no route after a fraction", routes([route({ match: { fraction: fraction(25) }, to: "a" })]), get(), "a 0.25 -!404 0.75"],
  ["connect_matcher", connect({ upgrades: ["connect"] }), connectHead, "a"],
  ["connect_matcher takes only CONNECT", connect({ upgrades: ["connect"] }), get(), "b"],
  ["CONNECT without upgrade_configs", connect({}), connectHead, "403"],
  ["CONNECT by the route's upgrade_configs", connect({}, true), connectHead, "a"],
  ["the route's word is the last", connect({ upgrades: ["connect"] }, false), connectHead, "403"],
  [
    "CONNECT matches no other path",
    routes([route({ path: prefix(""), to: "a" })], { http: { upgrades: ["connect"] } }),
    connectHead,
    "404",
  ],
  ["require_tls", tls("all"), get("/x?y", [], "a.com:80"), "301 https://a.com:80/x?y"],
  ["require_tls: x-forwarded-proto: https satisfies it", tls("all"), get("/", ["x-forwarded-proto: https"]), "a"],
  ["require_tls: x-forwarded-proto is case-sensitive", tls("all"), get("/", ["x-forwarded-proto: HTTPS"]), "301 https://a.com/"],
  ["EXTERNAL_ONLY", tls("external_only"), get(), "301 https://a.com/"],
  ["EXTERNAL_ONLY for an internal request", tls("external_only", internal), { ...get(), from: "10.0.0.9:1" }, "a"],
  ["a route that can't be expressed", routes([route({ to: "a" }, { punt: "KM2006" })]), get(), "punt KM2006"],
  ["and is not reached", routes([route({ to: "a" }), route({ to: "a" }, { punt: "KM2006" })]), get(), "a"],
];
tableSuite("queries, gRPC, cookies, fractions", rows).run();
