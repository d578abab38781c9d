/** Format strings as a real Envoy 1.40 takes and refuses them. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { splitFormat, whyNoFormat, whyNoHeaderFormat } from "../index.ts";

const format = suite("format");

format("parts", () => {
  assert.equal(splitFormat("a%%b%REQ(x?y):3%").parts, [
    { kind: "literal", text: "a%" },
    { kind: "literal", text: "b" },
    { kind: "operator", name: "REQ", args: "x?y", length: 3 },
  ]);
});

format("what Envoy takes", () => {
  const good = [
    ...["", "a%%b", "%%%REQ(x-a)%%%", "%REQ(X-A):2%:80", "%PROTOCOL()%", "%PATH(:ORIG):4%", "%PER_REQUEST_STATE(a)%"],
    ...["%FILTER_STATE(a)%", "%FILTER_STATE(a:)%", "%FILTER_STATE(a:TYPED)%", "%UPSTREAM_FILTER_STATE(a:FIELD:x)%"],
    ...["%METADATA(ROUTE)%", "%METADATA(LISTENER_FILTER_CHAIN:a:b)%", "%COMMON_DURATION(a:b)%", "%COMMON_DURATION(:b:us)%"],
    '%COALESCE({"operators": ["PATH", {"command": "REQ", "param": "x", "max_length": 2}], "x": 1}):3%',
  ];
  for (const text of good) assert.is(whyNoHeaderFormat(text), undefined, text);
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
    ...["%FILTER_STATE(a:FIELD)%", "%FILTER_STATE(a:plain)%", "%FILTER_STATE(:PLAIN)%", "%METADATA(X:a)%", "%COMMON_DURATION(a)%"],
    ...["%COMMON_DURATION(a:b:s)%", "%COMMON_DURATION(a:b:)%"],
  ];
  const lists = ["", "1", '"REQ"', '"protocol"', "[]", "{}", '{"command": "REQ"}', '{"command": "REQ", "param": 1}'];
  const coalesced = [...lists, '{"command": "REQ", "param": "x", "max_length": 0}', '{"command": "PROTOCOL", "max_length": 1}', "null"];
  bad.push(
    ...coalesced.map((operator) => `%COALESCE({"operators": [${operator}]})%`),
    "%COALESCE(a)%",
    "%COALESCE({})%",
    "%COALESCE(null)%",
  );
  bad.push('%COALESCE({"operators": "PROTOCOL"})%', '%COALESCE({"operators": [{"command": "PER_REQUEST_STATE", "param": "x"}]})%');
  for (const text of bad) assert.type(whyNoHeaderFormat(text), "string", text);
});

format("an operator of header values is none of other formats", () => {
  assert.type(whyNoFormat("%PER_REQUEST_STATE(a)%"), "string");
  assert.is(whyNoFormat("%PROTOCOL%"), undefined);
});

format.run();
