/** Header values as a real Envoy 1.40 takes and refuses them. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkFormat, type FormatFacts, formatValue } from "../treat/format-value.ts";

const format = suite("format value");

const headers: Readonly<Record<string, string>> = {
  ":path": "/now?q=a%20b&q=2&%71=3",
  "x-a": "abc",
  "x-envoy-original-path": "/before?o=1",
};
const facts: FormatFacts = {
  header: (name) => headers[name],
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
    assert.is(checkFormat(text).wrong, undefined, text);
  }
});

format("what only a running proxy knows", () => {
  assert.is(formatValue("a %START_TIME%", facts), undefined);
  assert.equal(checkFormat("%START_TIME(%s)% %HOSTNAME%").unknown, ["%START_TIME%", "%HOSTNAME%"]);
  assert.is(formatValue("%DOWNSTREAM_REMOTE_PORT%", facts), undefined, "the question does not say");
});

format("what Envoy refuses", () => {
  const bad = [
    ...[
      "%",
      "100%",
      "%%%",
      "%a%%b",
      "%req(x-a)%",
      "%REQ(x-a",
      "%REQ(x-a)x%",
      "%REQ(x-a):%",
      "%REQ(x-a):-1%",
      "%REQ(x-a):99999999999999999999%",
    ],
    ...["%NOPE%", "%REQ%", "%REQ()%", "%REQ(a?b?c)%", "%REQ(x a)%", "%REQ(:a:b)%", "%REQ(é)%", "%PROTOCOL:2%", "%ROUTE_NAME(x)%"],
    ...["%START_TIME:3%", "%CLUSTER_METADATA(a):3%", "%PATH(X)%", "%PATH(NQ:X)%", "%QUERY_PARAMS(x)%", "%GRPC_STATUS(x)%"],
  ];
  for (const text of bad) assert.type(checkFormat(text).wrong, "string", text);
});

format.run();
