/** Header values as a real Envoy 1.40 fills them in. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type FormatFacts, formatValue, unknownOperators } from "../treat/format-value.ts";

const format = suite("format value");

const headers: Readonly<Record<string, string>> = {
  ":path": "/now?q=a%20b&q=2&%71=3",
  "x-a": "abc",
  "x-envoy-original-path": "/before?o=1",
};
const facts: FormatFacts = {
  header: (name) => headers[name],
  isUnknown: (name) => name === "x-drawn",
  protocol: "HTTP/1.1",
  routeName: "r",
  chainName: "f",
  cluster: "c",
  local: { ip: "10.0.0.1", port: 80 },
};

const values: readonly (readonly [string, string])[] = [
  ["a%%b", "a%b"],
  ["%%%REQ(x-a)%%%", "%abc%"],
  ["%REQ(X-A):2%:80", "ab:80"],
  ["%REQ(x-z?x-a)%", "abc"],
  ["%REQ(x-a?x-drawn)%", "abc"],
  ["%REQ(x-z)%", ""],
  ["%PROTOCOL()%", "HTTP/1.1"],
  ["%PATH%", "/before?o=1"],
  ["%PATH(NQ:PATH)%", "/now"],
  ["%PATH(:ORIG):4%", "/bef"],
  ["%QUERY_PARAM(q)%", "a b"],
  ["%QUERY_PARAM(z)%", ""],
  ["%QUERY_PARAMS%", "q=a%20b&q=2&%71=3"],
  ["x%DOWNSTREAM_TLS_VERSION%y", "xy"],
  ["%FILTER_CHAIN_NAME%", "f"],
];

format("values", () => {
  for (const [text, value] of values) {
    assert.is(formatValue(text, facts), value, text);
  }
});

format("what only a running proxy knows", () => {
  assert.is(formatValue("a %START_TIME%", facts), undefined);
  assert.is(formatValue("%REQ(x-z?x-drawn)%", facts), undefined);
  assert.equal(unknownOperators("%START_TIME(%s)% %HOSTNAME%"), ["%START_TIME%", "%HOSTNAME%"]);
  assert.is(formatValue("%DOWNSTREAM_REMOTE_PORT%", facts), undefined, "the question does not say");
});

format.run();
