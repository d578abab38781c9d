import { perText } from "../../memo/index.ts";
import { asciiLower, wireText } from "../bytes.ts";

/** What the substitutions of a header value may ask. Absent values are not known here. */
export interface FormatFacts {
  /** First line of a header, pseudo headers too. */
  readonly header: (name: string) => string | undefined;
  readonly protocol: string;
  readonly routeName: string;
  readonly cluster: string;
  readonly local: { readonly ip: string; readonly port: number };
  /** The connection's peer; absent when the question does not say. */
  readonly direct?: { readonly ip: string; readonly port: number };
  /** The downstream address: the peer, or the one that x-forwarded-for gives. */
  readonly remote?: { readonly ip: string; readonly port: number };
}

type Part = (facts: FormatFacts) => string | undefined;

const partsOf = perText({ texts: 4096, units: 2 ** 20 }, parseFormat);

/**
 * A header value with its %OPERATORS% replaced; a missing header is "". Absent: the value depends on what only a running proxy knows
 * (times, generated ids, connection metadata, the chosen upstream host).
 */
export function formatValue(text: string, facts: FormatFacts): string | undefined {
  let out = "";
  for (const part of partsOf(text)) {
    const value = part(facts);
    if (value === undefined) return undefined;
    out += value;
  }
  return out;
}

function parseFormat(text: string): readonly Part[] {
  const parts: Part[] = [];
  for (const [piece, operator, args, length] of text.matchAll(/%%|%([A-Z_0-9]+)(?:\(([^)]*)\))?(?::([0-9]+))?%|[^%]+|%/g)) {
    if (operator === undefined) {
      const literal = piece === "%%" ? "%" : wireText(piece);
      parts.push(() => literal);
      continue;
    }
    const read = operatorOf(operator, args ?? "");
    const limit = length === undefined ? undefined : Number(length);
    parts.push((facts) => read(facts)?.slice(0, limit));
  }
  return parts;
}

function operatorOf(name: string, args: string): Part {
  switch (name) {
    case "REQ":
    case "REQUEST_HEADER": {
      const names = args.split("?").map((header) => asciiLower(header));
      return (facts) => {
        for (const header of names) {
          const value = facts.header(header);
          if (value !== undefined) return value;
        }
        return "";
      };
    }
    case "PROTOCOL":
      return (facts) => facts.protocol;
    case "ROUTE_NAME":
      return (facts) => facts.routeName;
    case "UPSTREAM_CLUSTER":
    case "UPSTREAM_CLUSTER_RAW":
      return (facts) => facts.cluster;
    case "DOWNSTREAM_LOCAL_ADDRESS":
      return (facts) => address(facts.local);
    case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT":
      return (facts) => facts.local.ip;
    case "DOWNSTREAM_LOCAL_PORT":
      return (facts) => String(facts.local.port);
    case "DOWNSTREAM_REMOTE_ADDRESS":
      return (facts) => facts.remote && address(facts.remote);
    case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":
      return (facts) => facts.remote?.ip;
    case "DOWNSTREAM_REMOTE_PORT":
      return (facts) => facts.remote && String(facts.remote.port);
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS":
      return (facts) => facts.direct && address(facts.direct);
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT":
      return (facts) => facts.direct?.ip;
    case "DOWNSTREAM_DIRECT_REMOTE_PORT":
      return (facts) => facts.direct && String(facts.direct.port);
    default:
      return () => undefined;
  }
}

const address = ({ ip, port }: { readonly ip: string; readonly port: number }) => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`);
