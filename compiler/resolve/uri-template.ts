/** A uri_template as an RE2 expression for the whole path, or why Envoy refuses it. Source: Envoy's uri_template_match.proto. */
export type UriTemplate = { readonly regex: string } | { readonly refused: string };

/** What one path segment may hold: RFC 3986's pchar without `*`. The `-` is last: classes are made by setting more in front. */
const segmentChars = "a-zA-Z0-9._~%!$&'()+,;:@=-";
const oneSegment = `[${segmentChars}]+`;
const anyPath = `[/${segmentChars}]*`;
const literalText = new RegExp(`^[${segmentChars}]+$`);

const maxVariables = 5;
const maxNameLength = 16;

type Piece = { readonly kind: "literal"; readonly text: string } | { readonly kind: "*" | "**" };
type Part = Piece | { readonly kind: "variable"; readonly name: string; readonly pieces: readonly Piece[] };

class Refused extends Error {}

/** `*` and `{x}` take one segment that is not empty, `**` any rest, `{x=a/*}` what its pattern takes. */
export function compileUriTemplate(template: string): UriTemplate {
  try {
    if (!/^\/[!-~]*$/.test(template)) throw new Refused("a template starts with / and holds printable ASCII only");
    const parts = parse(template);
    checkVariables(parts);
    checkGlobs(parts);
    checkSlashes(parts);
    return { regex: parts.map(regexOf).join("") };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

function parse(template: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = template;
  while (rest !== "") {
    if (rest[0] === "{") {
      const end = rest.indexOf("}");
      if (end < 0) throw new Refused("a { has no }");
      parts.push(parseVariable(rest.slice(1, end)));
      rest = rest.slice(end + 1);
      continue;
    }
    const [piece, length] = parsePiece(rest);
    parts.push(piece);
    rest = rest.slice(length);
  }
  return parts;
}

function parsePiece(text: string): readonly [Piece, number] {
  if (text.startsWith("**")) return [{ kind: "**" }, 2];
  if (text[0] === "*") return [{ kind: "*" }, 1];
  if (text[0] === "/") return [{ kind: "literal", text: "/" }, 1];
  const literal = /^[^/{]*/.exec(text)![0];
  if (!literalText.test(literal)) throw new Refused(`${JSON.stringify(literal)} holds a character that is no path character`);
  return [{ kind: "literal", text: literal }, literal.length];
}

function parseVariable(text: string): Part {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name)) throw new Refused(`${JSON.stringify(name)} is no variable name`);
  if (equals < 0) return { kind: "variable", name, pieces: [{ kind: "*" }] };
  const pieces: Piece[] = [];
  let rest = text.slice(equals + 1);
  if (rest === "") throw new Refused(`the variable ${name} has an empty pattern`);
  while (rest !== "") {
    const last = pieces.at(-1);
    const afterGlob = last !== undefined && last.kind !== "literal";
    if (afterGlob && rest[0] !== "/") throw new Refused(`in the variable ${name} only a / may follow a glob`);
    const [piece, length] = parsePiece(rest);
    pieces.push(piece);
    rest = rest.slice(length);
  }
  return { kind: "variable", name, pieces };
}

function checkVariables(parts: readonly Part[]): void {
  const names = parts.flatMap((p) => (p.kind === "variable" ? [p.name] : []));
  if (names.length > maxVariables) throw new Refused(`more than ${maxVariables} variables`);
  if (new Set(names).size < names.length) throw new Refused("a variable name occurs twice");
  const long = names.find((n) => n.length > maxNameLength);
  if (long !== undefined) throw new Refused(`the variable name ${long} has more than ${maxNameLength} characters`);
}

function checkGlobs(parts: readonly Part[]): void {
  let seen = false;
  for (const piece of parts.flatMap((p) => (p.kind === "variable" ? p.pieces : [p]))) {
    if (piece.kind === "literal") continue;
    if (seen) throw new Refused("nothing but text may follow a **");
    seen = piece.kind === "**";
  }
}

function checkSlashes(parts: readonly Part[]): void {
  let previous = false;
  for (const part of parts) {
    const first = part.kind === "variable" ? part.pieces[0]! : part;
    const slash = first.kind === "literal" && first.text === "/";
    if (previous && slash) throw new Refused("two slashes in a row");
    previous = slash;
  }
}

function regexOf(part: Part): string {
  switch (part.kind) {
    case "literal":
      return part.text.replace(/[$()+.]/g, "\\$&");
    case "*":
      return oneSegment;
    case "**":
      return anyPath;
    case "variable":
      return part.pieces.map(regexOf).join("");
  }
}
