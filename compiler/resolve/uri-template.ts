import { isRegex } from "./regex.ts";

/** A uri_template as an RE2 expression for the whole path, or why Envoy refuses it. Source: Envoy's uri_template_match.proto. */
export type UriTemplate =
  /** `variables` are absent where no path is taken. */
  { readonly regex: string; readonly variables: readonly string[] | undefined } | { readonly refused: string };

/** What one path segment may hold: RFC 3986's pchar. The `-` is last: classes are made by setting more in front. */
const segmentChars = "a-zA-Z0-9._~%!$&'()*+,;:@=-";
const oneSegment = `[${segmentChars}]+`;
const anyPath = `[/${segmentChars}]*`;
const literalText = new RegExp(`^[${segmentChars}]+$`);

const variableName = /^[a-zA-Z][a-zA-Z0-9_]*$/;
const rewriteText = new RegExp(`^[/${segmentChars}]*$`);

/** Takes no byte. */
const noPath = "[^\\x00-\\xff]";

const maxVariables = 5;
const maxNameLength = 16;

type Piece = { readonly kind: "literal"; readonly text: string } | { readonly kind: "*" | "**" };
/** Text may stand right before and behind a variable. */
type Variable = {
  readonly kind: "variable";
  readonly before: string;
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly behind: string;
};
type Segment = Piece | Variable;

interface Template {
  /** A `/` stands before each. */
  readonly segments: readonly Segment[];
  /** Text right behind a glob, which then is the last segment. */
  readonly suffix: string;
}

class Refused extends Error {}

/**
 * `*` and `{x}` take one segment that is not empty, `**` any rest, `{x=a/*}` what its pattern takes. A `*` within text is a quantifier, as
 * Envoy does not quote it: `/a*b` takes `/aab` and `/b`; where RE2 refuses what comes of it (`/a**`), the template takes no path.
 */
export function compileUriTemplate(template: string): UriTemplate {
  try {
    if (!/^\/[!-~]*$/.test(template)) throw new Refused("a template starts with / and holds printable ASCII only");
    const { segments, suffix } = parse(template.slice(1));
    checkVariables(segments);
    checkGlobs(segments);
    const regex = `/${segments.map(regexOf).join("/")}${literalRegex(suffix)}`;
    return isRegex(regex) ? { regex, variables: namesOf(segments) } : { regex: noPath, variables: undefined };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

function parse(template: string): Template {
  const segments: Segment[] = [];
  let rest = template;
  while (rest !== "") {
    const [segment, length] = parseSegment(rest);
    segments.push(segment);
    rest = rest.slice(length);
    if (rest === "/") segments.push({ kind: "literal", text: "" });
    else if (rest !== "" && rest[0] !== "/") {
      const suffix = literalAt(rest, /[/]/);
      if (suffix !== rest) throw new Refused("nothing may follow the text behind a glob");
      return { segments, suffix };
    }
    rest = rest.slice(1);
  }
  return { segments, suffix: "" };
}

function parseSegment(text: string): readonly [Segment, number] {
  if (text[0] === "*") return parsePiece(text);
  const before = text[0] === "{" ? "" : literalAt(text, /[/{]/);
  if (text[before.length] !== "{") return [{ kind: "literal", text: before }, before.length];
  const end = text.indexOf("}");
  if (end < 0) throw new Refused("a { has no }");
  const variable = parseVariable(text.slice(before.length + 1, end));
  const rest = text.slice(end + 1);
  const behind = rest === "" || rest[0] === "/" ? "" : literalAt(rest, /[/]/);
  return [{ kind: "variable", before, ...variable, behind }, end + 1 + behind.length];
}

function parsePiece(text: string): readonly [Piece, number] {
  if (text.startsWith("**")) return [{ kind: "**" }, 2];
  if (text[0] === "*") return [{ kind: "*" }, 1];
  const literal = literalAt(text, /[/]/);
  return [{ kind: "literal", text: literal }, literal.length];
}

/** The text before the first `end`. */
function literalAt(text: string, end: RegExp): string {
  const at = text.search(end);
  const literal = at < 0 ? text : text.slice(0, at);
  if (literal === "") throw new Refused("two slashes in a row");
  if (!literalText.test(literal)) throw new Refused(`${JSON.stringify(literal)} holds a character that is no path character`);
  return literal;
}

function parseVariable(text: string): Pick<Variable, "name" | "pieces"> {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  if (!variableName.test(name)) throw new Refused(`${JSON.stringify(name)} is no variable name`);
  if (equals < 0) return { name, pieces: [{ kind: "*" }] };
  const pieces: Piece[] = [];
  let rest = text.slice(equals + 1);
  if (rest === "") throw new Refused(`the variable ${name} has an empty pattern`);
  while (rest !== "") {
    const [piece, length] = parsePiece(rest);
    pieces.push(piece);
    rest = rest.slice(length);
    if (rest !== "" && (rest[0] !== "/" || rest === "/")) throw new Refused(`in the variable ${name} only a / and more may follow a glob`);
    rest = rest.slice(1);
  }
  return { name, pieces };
}

function namesOf(segments: readonly Segment[]): readonly string[] {
  return segments.flatMap((p) => (p.kind === "variable" ? [p.name] : []));
}

function checkVariables(segments: readonly Segment[]): void {
  const names = namesOf(segments);
  if (names.length > maxVariables) throw new Refused(`more than ${maxVariables} variables`);
  if (new Set(names).size < names.length) throw new Refused("a variable name occurs twice");
  const long = names.find((n) => n.length > maxNameLength);
  if (long !== undefined) throw new Refused(`the variable name ${long} has more than ${maxNameLength} characters`);
}

function checkGlobs(segments: readonly Segment[]): void {
  let seen = false;
  for (const piece of segments.flatMap((p) => (p.kind === "variable" ? p.pieces : [p]))) {
    if (piece.kind === "literal") continue;
    if (seen) throw new Refused("nothing but text may follow a **");
    seen = piece.kind === "**";
  }
}

function regexOf(segment: Segment): string {
  switch (segment.kind) {
    case "literal":
      return literalRegex(segment.text);
    case "*":
      return oneSegment;
    case "**":
      return anyPath;
    case "variable":
      return `${literalRegex(segment.before)}(${segment.pieces.map(regexOf).join("/")})${literalRegex(segment.behind)}`;
  }
}

function literalRegex(text: string): string {
  return text.replace(/[$()+.]/g, "\\$&");
}

/** Why Envoy refuses a path_template_rewrite beside a template with these variables; undefined where it takes it. */
export function whyNoRewrite(rewrite: string, variables: readonly string[] | undefined): string | undefined {
  if (!rewrite.startsWith("/")) return "a rewrite starts with /";
  for (const [i, text] of rewrite.split(/[{}]/).entries()) {
    // Texts and names take turns, and so do the brackets.
    if (i % 2 === 0 && (!rewriteText.test(text) || text.includes("//"))) return `${JSON.stringify(text)} is no part of a path`;
    if (i % 2 === 1 && !variableName.test(text)) return `${JSON.stringify(text)} is no variable name`;
  }
  const brackets = rewrite.replace(/[^{}]/g, "");
  if (!/^(?:\{\})*$/.test(brackets)) return "a bracket has no other one";
  if (variables === undefined) return "the path's template takes no path";
  const unknown = rewrite.split(/[{}]/).find((name, i) => i % 2 === 1 && !variables.includes(name));
  return unknown === undefined ? undefined : `the path's template has no variable ${unknown}`;
}
