import { suite } from "uvu";
import * as assert from "uvu/assert";
import { latin1 } from "../bytes.ts";
import { parseQuestion, renderAnswer } from "../index.ts";

const questions = suite("questions");

const first = (words: object) => {
  const parsed = parseQuestion({ to: "10.0.0.1:80", ...words });
  if (parsed.kind === "error") throw new Error(parsed.message);
  const { first } = parsed.question;
  return first.kind === "bytes" ? latin1(first.bytes) : first;
};
const errorOf = (value: unknown) => {
  const parsed = parseQuestion(value);
  return parsed.kind === "error" ? parsed.message : "";
};

questions("addresses are made canonical", () => {
  const parsed = parseQuestion({ id: 7, to: "[2001:DB8:0::1]:80", from: "1.2.3.4" });
  assert.equal(parsed, {
    kind: "question",
    id: 7,
    question: { to: { ip: "2001:db8::1", port: 80 }, from: { ip: "1.2.3.4", port: 0 }, first: { kind: "nothing" } },
  });
});
questions("a request in words is a head, Host first", () => {
  assert.is(first({ request: {} }), "GET / HTTP/1.1\r\n\r\n");
  const request = {
    method: "PUT",
    path: "/a",
    authority: "",
    headers: [
      ["x", "1"],
      ["y", ""],
    ],
  };
  assert.is(first({ request }), "PUT /a HTTP/1.1\r\nHost: \r\nx: 1\r\ny: \r\n\r\n");
});
questions("heads and raw bytes are latin-1", () => {
  assert.is(first({ head: "\xff\0" }), "\xff\0");
  assert.is(first({ raw: "\x16" }), "\x16");
});
questions("tls", () => {
  assert.equal(first({ tls: {} }), { kind: "tls", alpn: [] });
  assert.equal(first({ tls: { sni: "a", alpn: ["h2"] } }), { kind: "tls", sni: "a", alpn: ["h2"] });
});
questions("other fields are the caller's", () => {
  assert.is(errorOf({ to: "10.0.0.1:80", snapshot: "x", want: {} }), "");
});
questions("null is as good as absent", () => {
  const nothing = { from: null, head: null, request: null, tls: null, raw: null };
  assert.equal(parseQuestion({ to: "10.0.0.1:80", ...nothing }), parseQuestion({ to: "10.0.0.1:80" }));
  const words = { path: "/a", method: null, authority: null, headers: null };
  assert.equal(first({ ...nothing, request: words }), first({ request: { path: "/a" } }));
  assert.equal(first({ ...nothing, tls: { sni: null, alpn: null } }), first({ tls: {} }));
  assert.ok(errorOf({ to: null }).startsWith("to: missing"));
});
questions("errors name the field", () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ["a question", []],
    ["a question", null],
    ["to", {}],
    ["to", { to: 1 }],
    ["to", { to: "10.0.0.1" }],
    ["to", { to: "10.0.0.1:65536" }],
    ["to", { to: "[1.2.3.4]:80" }],
    ["to", { to: "::1:80" }],
    ["from", { to: "1.1.1.1:1", from: "x" }],
    ["tls", { to: "1.1.1.1:1", head: "", tls: {} }],
    ["head", { to: "1.1.1.1:1", head: 1 }],
    ["raw", { to: "1.1.1.1:1", raw: "\u0100" }],
    ["request", { to: "1.1.1.1:1", request: "GET /" }],
    ["request.path", { to: "1.1.1.1:1", request: { path: 1 } }],
    ["request.url", { to: "1.1.1.1:1", request: { url: "/" } }],
    ["request.headers", { to: "1.1.1.1:1", request: { headers: { a: "b" } } }],
    ["request.headers[1]", { to: "1.1.1.1:1", request: { headers: [["a", "b"], ["c"]] } }],
    ["tls.alpn", { to: "1.1.1.1:1", tls: { alpn: "h2" } }],
    ["tls.alpn[0]", { to: "1.1.1.1:1", tls: { alpn: [1] } }],
  ];
  for (const [field, value] of bad) assert.ok(errorOf(value).startsWith(field), `${field}: ${errorOf(value)}`);
});
questions("an error keeps the id", () => {
  assert.equal(parseQuestion({ id: "q", to: "x" }).id, "q");
});
questions("an answer for people", () => {
  const text = renderAnswer({
    verdict: "forward",
    listener: "l",
    clusters: [
      { name: "a", probability: 0.25 },
      { name: "b", probability: 0.75, verdict: "respond", why: "no_cluster", status: 503 },
    ],
    endpoints: [{ address: "10.0.0.1:80", cluster: "a", probability: 0.25 }],
    xds_path: "p",
  });
  assert.is(
    text,
    "forward\n  cluster           25 %  a\n  cluster           75 %  b: respond 503 (no_cluster)\n  endpoint          25 %  10.0.0.1:80  (a)\n  listener      l\n  decided by    p\n",
  );
  const split = (rest: number) =>
    renderAnswer({
      verdict: "forward",
      clusters: [
        { name: "a", probability: 1 - rest },
        { name: "b", probability: rest },
      ],
    });
  assert.match(split(1e-7), / 99\.99999 % +a\n.* 0\.00001 % +b\n/);
  assert.match(split(1e-16), / 100 % +a\n/);
  assert.is(renderAnswer({ verdict: "redirect", status: 301, location: "http://b/" }), "redirect 301\n  location      http://b/\n");
});
questions.run();
