import { checkOperator, type MoreOperators } from "./format-operators.ts";

/** A piece of a format string: text as it is, or an operator. */
export type FormatPart =
  | { readonly kind: "literal"; readonly text: string }
  /** `%NAME(args):length%`. */
  | { readonly kind: "operator"; readonly name: string; readonly args: string; readonly length: number | undefined };

/** A format string, taken apart. */
export interface FormatSyntax {
  readonly parts: readonly FormatPart[];
  /** What Envoy refuses it for; the parts then end there. */
  readonly wrong?: string;
}

/** Envoy's own expression; parameters reach as far as the rest still fits. */
const operatorAt = /%([A-Z0-9_]+)(?:\(([^\n]*?)\))?(?::([0-9]+))?%/y;
const longest = 2n ** 64n - 1n;

/** Takes a text with %OPERATORS% apart, as Envoy 1.40's SubstitutionFormatParser does. */
export function splitFormat(text: string, more?: MoreOperators): FormatSyntax {
  const parts: FormatPart[] = [];
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf("%", at);
    const end = percent < 0 ? text.length : percent;
    const isEscaped = text[end + 1] === "%";
    if (end > at || isEscaped) {
      parts.push({ kind: "literal", text: text.slice(at, isEscaped ? end + 1 : end) });
      at = isEscaped ? end + 2 : end;
      continue;
    }
    operatorAt.lastIndex = at;
    const found = operatorAt.exec(text);
    if (!found || (found[3] !== undefined && BigInt(found[3]) > longest)) {
      return { parts, wrong: `the % at character ${at} begins no operator; a % itself is written %%` };
    }
    const [whole, name = "", args = ""] = found;
    const length = found[3] === undefined ? undefined : Number(found[3]);
    const wrong = checkOperator(name, args, length, more);
    if (wrong !== undefined) return { parts, wrong };
    parts.push({ kind: "operator", name, args, length });
    at += whole.length;
  }
  return { parts };
}

/** What Envoy says against a header value, in our words; undefined when it takes it. */
export function whyNoHeaderFormat(text: string, more?: MoreOperators): string | undefined {
  return splitFormat(text, more).wrong;
}

/** The same of other formats: of bodies, of span names. Filters' own data are known to header values alone. */
export function whyNoFormat(text: string, more?: MoreOperators): string | undefined {
  const { parts, wrong } = splitFormat(text, more);
  const isHeaders = parts.some((part) => part.kind === "operator" && part.name === "PER_REQUEST_STATE");
  return isHeaders ? "Envoy knows %PER_REQUEST_STATE% in header values only" : wrong;
}
