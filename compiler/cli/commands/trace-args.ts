import { parseArgs } from "node:util";
import { UsageError } from "../exit.ts";

/** A `trace` call in words; `question` has the shape of one line of --batch. */
export interface TraceArgs {
  readonly input: string | undefined;
  readonly batch: boolean;
  readonly json: boolean;
  readonly engine: "hir" | "wasm" | "both";
  readonly draws: number;
  readonly vipSelectsHost: boolean;
  readonly question: Readonly<Record<string, unknown>>;
}

const engines = ["hir", "wasm", "both"] as const;
/** Options that ask one question. */
const oneQuestion = ["to", "from", "request", "header", "host", "head", "raw", "sni", "alpn", "draws"] as const;

export function parseTraceArgs(args: string[]): TraceArgs {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      to: { type: "string" },
      from: { type: "string" },
      request: { type: "string" },
      header: { type: "string", short: "H", multiple: true },
      host: { type: "string" },
      head: { type: "string" },
      raw: { type: "string" },
      sni: { type: "string" },
      alpn: { type: "string" },
      draws: { type: "string", short: "n" },
      engine: { type: "string", default: "both" },
      batch: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      "vip-selects-host": { type: "boolean", default: false },
    },
  });
  if (positionals.length > 1) throw new UsageError(`trace takes one snapshot or bundle, not ${positionals.length}`);
  const engine = engines.find((e) => e === values.engine);
  if (!engine) throw new UsageError(`--engine is ${engines.join(", ")}, not ${JSON.stringify(values.engine)}`);
  const draws = Number(values.draws ?? 0);
  if (!Number.isInteger(draws) || draws < 0 || draws > 10_000_000)
    throw new UsageError("-n takes a whole number of draws, at most 10000000");
  const alone = oneQuestion.filter((name) => values[name] !== undefined).map((name) => (name === "draws" ? "-n" : `--${name}`));
  if (values.batch && alone.length > 0)
    throw new UsageError(`--batch reads its questions from standard input; ${alone.join(", ")} would have no effect`);
  if (values.batch && positionals[0] === "-")
    throw new UsageError("--batch reads its questions from standard input; name the snapshot by its path");
  if (!values.batch && positionals[0] === undefined) throw new UsageError("trace needs a snapshot or a bundle");
  if (!values.batch && values.to === undefined) throw new UsageError("trace needs --to ip:port (or --batch)");
  return {
    input: positionals[0],
    batch: values.batch,
    json: values.json,
    engine,
    draws,
    vipSelectsHost: values["vip-selects-host"],
    question: questionOf(values),
  };
}

interface QuestionOptions {
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly request?: string | undefined;
  readonly header?: string[] | undefined;
  readonly host?: string | undefined;
  readonly head?: string | undefined;
  readonly raw?: string | undefined;
  readonly sni?: string | undefined;
  readonly alpn?: string | undefined;
}

function questionOf(values: QuestionOptions): Record<string, unknown> {
  const question: Record<string, unknown> = { to: values.to };
  if (values.from !== undefined) question["from"] = values.from;
  if (values.head !== undefined) question["head"] = unescapeText(values.head);
  if (values.raw !== undefined) question["raw"] = unescapeText(values.raw);
  if (values.sni !== undefined || values.alpn !== undefined) {
    question["tls"] = {
      ...(values.sni === undefined ? {} : { sni: values.sni }),
      alpn: values.alpn?.split(",").filter((name) => name !== "") ?? [],
    };
  }
  if (values.request !== undefined || values.header !== undefined || values.host !== undefined) question["request"] = requestOf(values);
  return question;
}

function requestOf(values: QuestionOptions): Record<string, unknown> {
  if (values.request?.trimStart().startsWith("/"))
    throw new UsageError(`--request takes "METHOD /path", not ${JSON.stringify(values.request)}`);
  const [method = "GET", path = "/", version = "HTTP/1.1", ...more] = (values.request ?? "GET /").trim().split(/ +/);
  if (version !== "HTTP/1.1" || more.length > 0)
    throw new UsageError(`--request takes "METHOD /path" of HTTP/1.1, not ${JSON.stringify(values.request)}; --head takes exact bytes`);
  const headers = (values.header ?? []).map((line): [string, string] => {
    const colon = line.indexOf(":", 1);
    if (colon < 0) throw new UsageError(`-H takes "name: value", not ${JSON.stringify(line)}`);
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const isHost = ([name]: [string, string]): boolean => name.toLowerCase() === "host";
  const authority = values.host ?? headers.find(isHost)?.[1] ?? values.to;
  return { method, path, authority, headers: headers.filter((h) => !isHost(h)) };
}

/** What a shell can't easily write: \r \n \t \0 \\ \xNN. */
function unescapeText(text: string): string {
  const plain: Record<string, string> = { r: "\r", n: "\n", t: "\t", "0": "\0", "\\": "\\" };
  return text.replace(/\\(x[0-9a-fA-F]{2}|[rnt0\\])/g, (_, what: string) =>
    what.startsWith("x") ? String.fromCharCode(Number.parseInt(what.slice(1), 16)) : plain[what]!,
  );
}
