import { checkCoalesce } from "./coalesce.ts";

/**
 * The %OPERATORS% of header values that Envoy 1.40 knows, and what may stand behind each name. Asked of 1.40 itself, name by name: one that
 * is not here is refused there ("Not supported field in StreamInfo").
 */
interface Syntax {
  readonly args: "none" | "optional" | "required";
  /** `:3` behind it keeps three bytes. */
  readonly length: boolean;
}

/** `empty`: the value is always "" where a request's headers are changed: no TLS, no endpoint yet, no response yet, no filter's data. */
interface Operator extends Syntax {
  readonly empty: boolean;
}

const operators = new Map<string, Operator>();

function declare(syntax: Syntax, empty: boolean, names: string): void {
  for (const name of names.trim().split(/\s+/)) operators.set(name, { ...syntax, empty });
}

const alone: Syntax = { args: "none", length: false };
const optional: Syntax = { args: "optional", length: false };
const required: Syntax = { args: "required", length: false };
const requiredLength: Syntax = { args: "required", length: true };

declare(
  alone,
  true,
  `CONNECTION_TERMINATION_DETAILS CUSTOM_FLAGS DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_HANDSHAKE_DURATION
  DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_LOCAL_CLOSE_REASON DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_LOCAL_EMAIL_SAN
  DOWNSTREAM_LOCAL_IP_SAN DOWNSTREAM_LOCAL_OTHERNAME_SAN DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_PEER_CERT
  DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1 DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256 DOWNSTREAM_PEER_CHAIN_SERIALS DOWNSTREAM_PEER_DNS_SAN
  DOWNSTREAM_PEER_EMAIL_SAN DOWNSTREAM_PEER_FINGERPRINT_1 DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_IP_SAN DOWNSTREAM_PEER_ISSUER
  DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256 DOWNSTREAM_PEER_ISSUER_SERIAL DOWNSTREAM_PEER_OTHERNAME_SAN DOWNSTREAM_PEER_SERIAL
  DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_GROUP DOWNSTREAM_TLS_SESSION_ID
  DOWNSTREAM_TLS_VERSION DOWNSTREAM_TRANSPORT_FAILURE_REASON GRPC_STATUS_NUMBER LOCAL_REPLY_BODY
  REQUEST_TX_DURATION RESPONSE_DURATION RESPONSE_TX_DURATION ROUNDTRIP_DURATION TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT
  UPSTREAM_CONNECTION_IDS_ATTEMPTED UPSTREAM_CONNECTION_POOL_READY_DURATION UPSTREAM_DETECTED_CLOSE_TYPE UPSTREAM_HOST
  UPSTREAM_HOSTS_ATTEMPTED UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME UPSTREAM_HOST_NAMES_ATTEMPTED
  UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS UPSTREAM_LOCAL_CLOSE_REASON
  UPSTREAM_LOCAL_DNS_SAN UPSTREAM_LOCAL_IP_SAN UPSTREAM_LOCAL_PORT UPSTREAM_LOCAL_URI_SAN UPSTREAM_PEER_CERT UPSTREAM_PEER_DNS_SAN
  UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_ISSUER UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL UPSTREAM_REMOTE_ADDRESS
  UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID UPSTREAM_REMOTE_PORT UPSTREAM_SERVER_NAME UPSTREAM_TLS_CIPHER UPSTREAM_TLS_GROUP
  UPSTREAM_TLS_SESSION_ID UPSTREAM_TLS_VERSION UPSTREAM_TRANSPORT_FAILURE_REASON`,
);
declare(
  alone,
  false,
  `ACCESS_LOG_TYPE BYTES_RECEIVED BYTES_RETRANSMITTED BYTES_SENT CONNECTION_ID DOWNSTREAM_CX_RTT
  DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT DOWNSTREAM_DETECTED_CLOSE_TYPE
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS DOWNSTREAM_DIRECT_LOCAL_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS DOWNSTREAM_DIRECT_REMOTE_PORT
  DOWNSTREAM_HEADER_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_LOCAL_PORT DOWNSTREAM_REMOTE_ADDRESS
  DOWNSTREAM_REMOTE_PORT DOWNSTREAM_WIRE_BYTES_RECEIVED DOWNSTREAM_WIRE_BYTES_SENT DURATION FILTER_CHAIN_NAME HOSTNAME LISTENER_NAME
  PACKETS_RETRANSMITTED PROTOCOL REQUEST_DURATION REQUEST_HEADERS_BYTES RESPONSE_CODE RESPONSE_FLAGS RESPONSE_FLAGS_LONG RESPONSE_HEADERS_BYTES
  RESPONSE_TRAILERS_BYTES ROUTE_NAME ROUTE_RESOLUTION_COUNT ROUTE_RESOLUTION_TIME_US SPAN_ID STREAM_ID TRACE_ID UNIQUE_ID
  UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW UPSTREAM_CONNECTION_ID UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED
  UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT UPSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT UPSTREAM_REQUEST_ATTEMPT_COUNT
  UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_WIRE_BYTES_SENT VIRTUAL_CLUSTER_NAME`,
);
declare(
  optional,
  true,
  `DOWNSTREAM_PEER_CERT_V_END DOWNSTREAM_PEER_CERT_V_START GRPC_STATUS RESPONSE_CODE_DETAILS UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT
  UPSTREAM_PEER_CERT_V_END UPSTREAM_PEER_CERT_V_START UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT`,
);
declare(
  optional,
  false,
  `DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT EMIT_TIME EMIT_TIME_LOCAL REQUESTED_SERVER_NAME START_TIME START_TIME_LOCAL`,
);
declare({ args: "optional", length: true }, false, "PATH QUERY_PARAMS");
declare(requiredLength, true, "DYNAMIC_METADATA RESP RESPONSE_HEADER RESPONSE_TRAILER TRAILER UPSTREAM_FILTER_STATE");
declare(requiredLength, false, "CEL COALESCE ENVIRONMENT FILTER_STATE METADATA QUERY_PARAM REQ REQUEST_HEADER STREAM_INFO_REQ TYPED_CEL");
declare(required, true, "UPSTREAM_METADATA");
declare(required, false, "CLUSTER_METADATA COMMON_DURATION PER_REQUEST_STATE");

/** Whether the operator's value is always "". */
export function isEmptyOperator(name: string): boolean {
  return operators.get(name)?.empty ?? false;
}

const headerOperators: ReadonlySet<string> = new Set([
  "REQ",
  "REQUEST_HEADER",
  "STREAM_INFO_REQ",
  "RESP",
  "RESPONSE_HEADER",
  "TRAILER",
  "RESPONSE_TRAILER",
]);
const headerName = /^(?::?[\w!#$%&'*+.^`|~-]+)?$/;
/** Key, form and field; what stands behind the field is not looked at. */
const filterState = /^[^:]+(?:$|:(?:PLAIN|TYPED)?(?:$|::|:$)|:FIELD:[^:]+(?:$|:))/;
/** Envoy's own expression finds what makes a line break; it misses some that strftime would make. */
const oneLine = /^(?!.*%[-_0^#]*[1-9]*[EO]?n)/s;
const times =
  "START_TIME START_TIME_LOCAL EMIT_TIME EMIT_TIME_LOCAL DOWNSTREAM_PEER_CERT_V_START DOWNSTREAM_PEER_CERT_V_END " +
  "UPSTREAM_PEER_CERT_V_START UPSTREAM_PEER_CERT_V_END";
/** What the arguments of some operators must be. */
const choices: Readonly<Record<string, RegExp>> = {
  PATH: /^(?:WQ|NQ)?(?::(?:ORIG|PATH|ORIG_OR_PATH)?(?::.*)?)?$/,
  QUERY_PARAMS: /^(?:ORIG|DECODED)?$/,
  REQUESTED_SERVER_NAME: /^(?:SNI_ONLY|SNI_FIRST|HOST_FIRST)?(?::(?:ORIG|HOST|ORIG_OR_HOST)?(?::.*)?)?$/,
  GRPC_STATUS: /^(?:CAMEL_STRING|SNAKE_STRING|NUMBER)?$/,
  ...Object.fromEntries(times.split(" ").map((name) => [name, oneLine])),
  FILTER_STATE: filterState,
  UPSTREAM_FILTER_STATE: filterState,
  PER_REQUEST_STATE: filterState,
  METADATA: /^(?:DYNAMIC|CLUSTER|ROUTE|UPSTREAM_HOST|LISTENER|VIRTUAL_HOST|LISTENER_FILTER_CHAIN)(?::.*)?$/,
  COMMON_DURATION: /^[^:]*:[^:]*(?::(?:ms|us|ns))?$/,
};

/** What a format's own extensions know beside Envoy: some operators on headers, and perhaps others whose parameters are theirs to judge. */
export interface MoreOperators {
  readonly onHeaders: readonly string[];
  readonly others: boolean;
}

const noMore: MoreOperators = { onHeaders: [], others: false };

/** What Envoy says against an operator, in our words; undefined when it takes it. */
export function checkOperator(name: string, args: string, length: number | undefined, more = noMore): string | undefined {
  const operator = operators.get(name);
  if (!operator && more.onHeaders.includes(name)) return whyNoHeaders(name, args);
  if (!operator) return more.others ? undefined : `Envoy knows no %${name}%`;
  if (operator.args === "none" && (args !== "" || length !== undefined)) return `%${name}% takes neither parameters nor a length`;
  if (operator.args === "required" && args === "") return `%${name}% needs parameters`;
  if (!operator.length && length !== undefined) return `%${name}% takes no length`;
  // Envoy reads PER_REQUEST_STATE(a) as FILTER_STATE(a:PLAIN), whatever stands in it.
  if (choices[name] && !choices[name].test(name === "PER_REQUEST_STATE" ? `${args}:PLAIN` : args))
    return `${JSON.stringify(args)} is no parameter of %${name}%`;
  if (name === "COALESCE") return checkCoalesce(args, (inner, param, most) => checkOperator(inner, param, most));
  return headerOperators.has(name) ? whyNoHeaders(name, args) : undefined;
}

function whyNoHeaders(name: string, args: string): string | undefined {
  const names = args.split("?");
  if (names.length > 2) return `%${name}% takes one header and one alternative, not ${args}`;
  return names.every((header) => headerName.test(header)) ? undefined : `${JSON.stringify(args)} is no header name`;
}
