import { perText } from "../../memo/index.ts";
import { isEmptyOperator, splitFormat } from "../../syntax/index.ts";
import { asciiLower, wireText } from "../bytes.ts";

/** What the substitutions of a header value may ask. Absent values are not known here. */
export interface FormatFacts {
  /** First line of a header, pseudo headers too. */
  readonly header: (name: string) => string | undefined;
  /** Whether a header, if it is there at all, has a value that is not known here. */
  readonly isUnknown: (name: string) => boolean;
  readonly protocol: string;
  readonly routeName: string;
  readonly chainName: string;
  readonly cluster: string;
  readonly local: { readonly ip: string; readonly port: number };
  /** The connection's peer; absent when the question does not say. */
  readonly direct?: { readonly ip: string; readonly port: number };
  /** The downstream address: the peer, or the one that x-forwarded-for gives. */
  readonly remote?: { readonly ip: string; readonly port: number };
}

type Read = (facts: FormatFacts) => string | undefined;

/** A header value, taken apart. */
interface Format {
  readonly parts: readonly Read[];
  /** Operators whose values are not known here. */
  readonly unknown: readonly string[];
}

const formatOf = perText({ texts: 4096, units: 2 ** 20 }, parseFormat);

/**
 * A header value with its %OPERATORS% replaced; a missing header is "". Absent: the value depends on what only a running proxy knows
 * (times, generated ids, its environment, metadata of the configuration).
 */
export function formatValue(text: string, facts: FormatFacts): string | undefined {
  let out = "";
  for (const read of formatOf(text).parts) {
    const value = read(facts);
    if (value === undefined) return undefined;
    out += value;
  }
  return out;
}

/** The operators of a header value that Envoy takes which have no value here. */
export function unknownOperators(text: string): readonly string[] {
  return formatOf(text).unknown;
}

function parseFormat(text: string): Format {
  const unknown: string[] = [];
  const parts = splitFormat(text).parts.map((part): Read => {
    if (part.kind === "literal") {
      const literal = wireText(part.text);
      return () => literal;
    }
    const read = operatorOf(part.name, part.args);
    if (read) return (facts) => read(facts)?.slice(0, part.length);
    unknown.push(`%${part.name}%`);
    return () => undefined;
  });
  return { parts, unknown };
}

/** Absent where the value is not known here. */
function operatorOf(name: string, args: string): Read | undefined {
  switch (name) {
    case "REQ":
    case "REQUEST_HEADER":
    case "STREAM_INFO_REQ": {
      const names = args.split("?").map((header) => asciiLower(header));
      return ({ header, isUnknown }) => {
        const name = names.find((one) => isUnknown(one) || header(one) !== undefined);
        if (name === undefined) return "";
        return isUnknown(name) ? undefined : header(name);
      };
    }
    case "PATH":
      return pathOperator(args);
    case "QUERY_PARAMS":
      return args === "DECODED" ? undefined : ({ header }) => queryOf(header(":path") ?? "");
    case "QUERY_PARAM":
      return ({ header }) => queryValue(header(":path") ?? "", wireText(args));
    case "REQUESTED_SERVER_NAME":
      return serverNameOperator(args);
    case "PROTOCOL":
      return (facts) => facts.protocol;
    case "ROUTE_NAME":
      return (facts) => facts.routeName;
    case "FILTER_CHAIN_NAME":
      return (facts) => facts.chainName;
    case "UPSTREAM_CLUSTER":
    case "UPSTREAM_CLUSTER_RAW":
      return (facts) => facts.cluster;
    case "DOWNSTREAM_LOCAL_ADDRESS":
      return (facts) => address(facts.local);
    case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT":
      return args === "" ? (facts) => facts.local.ip : undefined;
    case "DOWNSTREAM_LOCAL_PORT":
      return (facts) => String(facts.local.port);
    case "DOWNSTREAM_REMOTE_ADDRESS":
      return (facts) => facts.remote && address(facts.remote);
    case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":
      return args === "" ? (facts) => facts.remote?.ip : undefined;
    case "DOWNSTREAM_REMOTE_PORT":
      return (facts) => facts.remote && String(facts.remote.port);
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS":
      return (facts) => facts.direct && address(facts.direct);
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT":
      return args === "" ? (facts) => facts.direct?.ip : undefined;
    case "DOWNSTREAM_DIRECT_REMOTE_PORT":
      return (facts) => facts.direct && String(facts.direct.port);
    default:
      return isEmptyOperator(name) ? () => "" : undefined;
  }
}

/** `WQ` with the query (the default) or `NQ` without; of the path before rewrites where there is one, unless told otherwise (`:PATH`, `:ORIG`). */
function pathOperator(args: string): Read {
  const [query, source] = args.split(":");
  return ({ header }) => {
    // An empty one is as good as none.
    const original = source === "PATH" ? "" : (header("x-envoy-original-path") ?? "");
    const path = original !== "" || source === "ORIG" ? original : (header(":path") ?? "");
    return query === "NQ" ? path.split("?")[0]! : path;
  };
}

/**
 * The name in TLS, which a plain connection has not (`SNI_ONLY`, the default), or the host that stands in: the one before rewrites where there
 * is one, unless told otherwise (`:HOST`, `:ORIG`).
 */
function serverNameOperator(args: string): Read {
  const [first = "", source] = args.split(":");
  if (first === "" || first === "SNI_ONLY") return () => "";
  return ({ header }) => {
    const original = source === "HOST" ? undefined : header("x-envoy-original-host");
    return original ?? (source === "ORIG" ? "" : (header(":authority") ?? ""));
  };
}

/** The first of that name; names and values are taken out of their escapes. */
function queryValue(path: string, wanted: string): string {
  for (const pair of queryOf(path).split("&")) {
    const [name = "", ...value] = pair.split("=");
    if (unescapeText(name) === wanted) return unescapeText(value.join("="));
  }
  return "";
}

function queryOf(path: string): string {
  const start = path.indexOf("?");
  return start < 0 ? "" : path.slice(start + 1);
}

function unescapeText(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

const address = ({ ip, port }: { readonly ip: string; readonly port: number }) => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`);
