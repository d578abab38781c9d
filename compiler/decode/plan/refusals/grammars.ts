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

/** Fields whose texts are judged where their message stands, as it may bring operators for them. */
const judgedAbove: ReadonlySet<string> = new Set(["HeaderMutation.append", "TcpProxy.TunnelingConfig.headers_to_add"]);

/** @param label `Message.field` of a field of this type */
export function isGrammarField(label: string, type: string): boolean {
  return grammars.has(type) && !judgedAbove.has(label);
}

export function judgesTexts(label: string, type: string): boolean {
  return isGrammarField(label, type) && !textless.has(type);
}

export function isGrammarType(type: string): boolean {
  return grammars.has(type);
}

/** What Envoy says against the text, in our words; undefined when it takes it. */
export function whyNoGrammar(type: string, value: XdsValue): string | undefined {
  return grammars.get(type)?.(value as XdsMessage);
}

function headerAdded({ header, append, append_action: action }: XdsMessage, more?: MoreOperators): string | undefined {
  const { key, value } = (header ?? {}) as XdsMessage;
  if (append !== undefined && action !== undefined) return "append and append_action are both set";
  return whyFixed(key, "modified") ?? quoted(value, whyNoHeaderFormat(String(value ?? ""), more));
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

/** The lists of the header mutation filter, for all of which its formatters bring operators. */
const headerLists = ["request_mutations", "response_mutations", "request_trailers_mutations", "response_trailers_mutations"] as const;

function mutations(message: XdsMessage): string | undefined {
  const more = operatorsOf(message["formatters"]);
  for (const list of headerLists) {
    const wrong = firstWrong(list, message[list], (mutation) => headerMutation(mutation, more));
    if (wrong !== undefined) return wrong;
  }
  return firstWrong("query_parameter_mutations", message["query_parameter_mutations"], ({ append }) => {
    const { value } = (((append ?? {}) as XdsMessage)["record"] ?? {}) as XdsMessage;
    return typeof value === "string" ? quoted(value, whyNoFormat(value, more)) : undefined;
  });
}

function headerMutation({ append }: XdsMessage, more?: MoreOperators): string | undefined {
  return append === undefined ? undefined : headerAdded(append as XdsMessage, more);
}

/** The formatters are for the headers, not for the host name. */
function tunnel({ formatters: extensions, headers_to_add: headers }: XdsMessage): string | undefined {
  const more = operatorsOf(extensions);
  return firstWrong("headers_to_add", headers, (option) => headerAdded(option, more));
}

function firstWrong(list: string, items: XdsValue | undefined, whyNo: (item: XdsMessage) => string | undefined): string | undefined {
  for (const [i, item] of ((items ?? []) as readonly XdsMessage[]).entries()) {
    const wrong = whyNo(item);
    if (wrong !== undefined) return `${list}[${i}]: ${wrong}`;
  }
  return undefined;
}

/** Of a format. */
function whyNoText(format: XdsValue): string | undefined {
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
  ["TcpProxy.TunnelingConfig", (config) => tunnel(config as XdsMessage)],
  ["Mutations", (message) => mutations(message as XdsMessage)],
  ["RouteAction.RequestMirrorPolicy.request_headers_mutations", (mutation) => headerMutation(mutation as XdsMessage)],
];
