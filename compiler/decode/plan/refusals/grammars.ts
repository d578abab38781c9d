import { type MoreOperators, whyNoFormat, whyNoHeaderFormat, whyNoRegex } from "../../../syntax/index.ts";
import type { XdsAny, XdsMessage, XdsValue } from "../../types.ts";
import type { Check } from "../types.ts";
import { whyFixed } from "./fixed-headers.ts";

/** Messages that hold a text with a grammar, and stand in many fields. */
const grammars: ReadonlyMap<string, (message: XdsMessage) => string | undefined> = new Map([
  ["HeaderValueOption", headerAdded],
  ["RegexMatcher", ({ regex }) => whyNoExpression(regex)],
  ["StringMatcher", regexInAnyCase],
  ["SubstitutionFormatString", bodyFormat],
]);

/** Judged by which fields are set, whatever their texts are. */
const textless: ReadonlySet<string> = new Set(["StringMatcher"]);

export function isGrammarType(type: string): boolean {
  return grammars.has(type);
}

export function judgesTexts(type: string): boolean {
  return isGrammarType(type) && !textless.has(type);
}

/** What Envoy says against the text, in our words; undefined when it takes it. */
export function whyNoGrammar(type: string, value: XdsValue): string | undefined {
  return grammars.get(type)?.(value as XdsMessage);
}

function headerAdded({ header, append, append_action: action }: XdsMessage): string | undefined {
  const { key, value } = (header ?? {}) as XdsMessage;
  if (append !== undefined && action !== undefined) return "append and append_action are both set";
  return whyFixed(key, "modified") ?? quoted(value, whyNoHeaderFormat(String(value ?? "")));
}

function whyNoExpression(regex: XdsValue | undefined): string | undefined {
  const expression = String(regex ?? "");
  return quoted(expression, whyNoRegex(expression));
}

function regexInAnyCase({ safe_regex: regex, ignore_case: anyCase }: XdsMessage): string | undefined {
  return regex !== undefined && anyCase ? "ignore_case has no effect on safe_regex" : undefined;
}

const formatters = "envoy.extensions.formatter.";
/** Envoy knows their operators without them. */
const builtIn: ReadonlySet<string> = new Set([`${formatters}cel.v3.Cel`, `${formatters}metadata.v3.Metadata`]);
const withoutQuery = `${formatters}req_without_query.v3.ReqWithoutQuery`;

/** Formatters bring operators of their own. */
function operatorsOf(extensions: XdsValue | undefined): MoreOperators {
  const types = ((extensions ?? []) as readonly XdsMessage[]).map(({ typed_config: config }) => (config as XdsAny | undefined)?.any ?? "");
  return {
    onHeaders: types.includes(withoutQuery) ? ["REQ_WITHOUT_QUERY"] : [],
    others: types.some((type) => type !== withoutQuery && !builtIn.has(type)),
  };
}

function bodyFormat({
  formatters: extensions,
  text_format: text,
  text_format_source: source,
  json_format: json,
}: XdsMessage): string | undefined {
  const { inline_string: inline } = (source ?? {}) as XdsMessage;
  const more = operatorsOf(extensions);
  for (const format of [text, inline, ...textsIn(json)]) {
    const wrong = format === undefined ? undefined : quoted(format, whyNoFormat(String(format), more));
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Of a format. */
export function whyNoText(format: XdsValue): string | undefined {
  return quoted(format, whyNoFormat(String(format)));
}

function textsIn(json: XdsValue | undefined): readonly string[] {
  if (typeof json === "string") return [json];
  return typeof json === "object" && json !== null ? Object.values(json as object).flatMap(textsIn) : [];
}

function quoted(text: XdsValue | undefined, wrong: string | undefined): string | undefined {
  return wrong === undefined ? undefined : `${JSON.stringify(String(text).slice(0, 200))}: ${wrong}`;
}

/** A matcher below a field that is left to a proxy. */
const matcher: Check = (value) => {
  const { safe_regex: regex } = value as XdsMessage;
  return whyNoGrammar("StringMatcher", value) ?? (regex === undefined ? undefined : whyNoGrammar("RegexMatcher", regex));
};

/** Fields that are a format or a matcher themselves. */
export const formatRefusals: readonly (readonly [string, Check])[] = [
  ...["Tracing", "HttpConnectionManager.Tracing"].flatMap((message) => [
    [`${message}.operation`, whyNoText] as const,
    [`${message}.upstream_operation`, whyNoText] as const,
  ]),
  ["CustomTag.value", whyNoText],
  ...["RouteAction.path_rewrite", "RouteAction.host_rewrite", "RedirectAction.path_rewrite"].map((field) => [field, whyNoText] as const),
  ["Http1ProtocolOptions.ignore_http_11_upgrade", matcher],
  ["DirectResponseAction.body_format", (format) => bodyFormat(format as XdsMessage)],
  ["TcpProxy.TunnelingConfig.hostname", whyNoText],
  ["TcpProxy.TunnelingConfig.headers_to_add", (option) => headerAdded(option as XdsMessage)],
];
