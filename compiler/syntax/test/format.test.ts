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
    ...["%FILTER_STATE(a::)%", "%FILTER_STATE(a:PLAIN::x)%", "%FILTER_STATE(a:FIELD:x:y)%", "%PER_REQUEST_STATE(a:FIELD)%"],
    ...["%REQ(x):18446744073709551615%", "%REQ(x):00000000000000000000003%", "%REQ(x?)%", "%REQ(:-)%", "%TYPED_CEL(1):3%"],
    ...["%START_TIME(%E4n)%", "%START_TIME(%10n)%", "%START_TIME(%1_n)%", "%START_TIME(% n)%", "%REQ(%n)%"],
    ...["%REQUESTED_SERVER_NAME%", "%REQUESTED_SERVER_NAME(SNI_FIRST)%", "%REQUESTED_SERVER_NAME(HOST_FIRST:ORIG:x)%"],
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
    ...["%FILTER_STATE(a::x)%", "%FILTER_STATE(a:FIELD::x)%", "%PER_REQUEST_STATE(a:PLAIN)%", "%PER_REQUEST_STATE(a:x)%"],
    ...["%REQ(x):18446744073709551616%", "%REQ(:)%", "%REQ(x?:)%", "%RESP(:)%", "%TYPED_CEL()%"],
    ...["%START_TIME(%n)%", "%EMIT_TIME_LOCAL(%Y%%n)%", "%START_TIME(%-_0^#19On)%", "%DOWNSTREAM_PEER_CERT_V_END(%En)%"],
    ...["%REQUESTED_SERVER_NAME(HOST)%", "%REQUESTED_SERVER_NAME(SNI_ONLY:SNI)%", "%REQUESTED_SERVER_NAME:3%"],
  ];
  for (const text of bad) assert.type(whyNoHeaderFormat(text), "string", text);
});

format("%COALESCE%", () => {
  const good = [
    '{"operators":["PROTOCOL",{"command":"REQ","param":":path","max_length":9223372036854775807}],"other":1.5}',
    '{"operators":["NOPE"],"operators":[{"command":"\\u0050ATH","param":""}]} ',
    '{"operators":[{"command":"COALESCE","param":"{\\"operators\\":[\\"PROTOCOL\\"]}"}]}',
  ];
  for (const config of good) assert.is(whyNoHeaderFormat(`%COALESCE(${config})%`), undefined, config);
  const operator = (fields: string) => `{"operators":[{"command":"REQ","param":"x",${fields}}]}`;
  const bad = [
    ...["x", "null", "1", '"x"', "[]", "{}", '{"operators":[]}', '{"operators":"PROTOCOL"}', '{"operators":["PROTOCOL"],}'],
    ...['{"operators":["NOPE"]}', '{"operators":["PROTOCOL","REQ"]}', '{"operators":[1]}', '{"operators":[["PROTOCOL"]]}'],
    ...['{"operators":[{"param":"x"}]}', '{"operators":[{"command":"PROTOCOL","param":"x"}]}', '{"operators":["PER_REQUEST_STATE"]}'],
    ...['"param":null', '"max_length":0', '"max_length":-1', '"max_length":1.0', '"max_length":1e2', '"max_length":"3"'].map(operator),
  ];
  for (const config of bad) assert.type(whyNoHeaderFormat(`%COALESCE(${config})%`), "string", config);
});

format("an operator of header values is none of other formats", () => {
  assert.type(whyNoFormat("%PER_REQUEST_STATE(a)%"), "string");
  assert.is(whyNoFormat("%PROTOCOL%"), undefined);
});

format.run();
