/**
 * Envoy's RE2 reads bytes as Latin-1, re2js reads Unicode. Over text of one byte a character they differ in a few things; here an expression
 * is written so that re2js does on such text what RE2 does (its parse.cc: rune_max_, AddFoldedRangeLatin1). So is a repetition of ten digits
 * or more, which RE2 takes for text (ParseInteger).
 */

import { unicodeGroups } from "./re2-groups.ts";

/** Bytes that a class of characters takes, by re2js; undefined for one that it refuses. */
export type SetOf = (expression: string) => readonly boolean[] | undefined;

/** A group of Unicode; longer names are none. */
const group = String.raw`\\[pP](?:\{[^}]{0,64}\}|[^{])`;
const code = String.raw`\\x\{[0-9A-Fa-f]{1,64}\}|\\x[0-9A-Fa-f]{2}|\\0[0-7]{0,2}|\\[1-7][0-7]{1,2}`;
const inSet = new RegExp(`${code}|${group}|\\\\[\\s\\S]`, "g");
/** Takes no text in two ways, as it may be hostile: what has a meaning in a set is no single characters there. */
const token = new RegExp(
  [
    String.raw`\\Q(?<quoted>[\s\S]*?)(?:\\E|$)`,
    String.raw`(?<escaped>${code}|${group}|\\[\s\S])`,
    String.raw`(?<set>\[\^?\]?(?:\[:\^?\w+:\]|(?!\[:\^?\w+:\])[^\]\\]|${group}|(?!${group})\\[\s\S])*\])`,
    String.raw`(?<count>\{(?:\d{10,}(?:,\d*)?|\d+,\d{10,})\})`,
    // A set without end: re2js refuses it.
    String.raw`\[[\s\S]*`,
    String.raw`\(\?(?<on>[imsU]*)(?:-(?<off>[imsU]+))?(?<end>[:)])`,
    String.raw`(?<open>\((?:\?P?<\w+>)?)`,
    String.raw`(?<close>\))`,
    String.raw`[\s\S]`,
  ].join("|"),
  "g",
);

/** @param bytes an expression, one character a byte. Throws an Error where RE2 refuses what re2js takes. */
export function latin1Expression(bytes: string, setOf: SetOf): string {
  if (!/[\\\x80-\xff]|\(\?|\d{10}/.test(bytes)) return bytes;
  /** Whether letters of either case match, by group. */
  const folds = [false];
  const literal = (code: number, written: string): string => (folds.at(-1) && code >= 0x80 ? `(?-i:${hex(code)})` : written);
  const rewrite = (match: RegExpExecArray): string => {
    const [text] = match;
    const { quoted, escaped, set, count, on, off, end, open, close } = match.groups ?? {};
    if (quoted !== undefined) return [...quoted].map((c) => literal(c.charCodeAt(0), hex(c.charCodeAt(0)))).join("");
    if (escaped !== undefined) {
      checkEscape(escaped);
      // Any byte.
      if (escaped === "\\C") return "(?s:.)";
      if (/^\\[pP]/.test(escaped)) return folds.at(-1) ? foldedSet(`[${escaped}]`, setOf) : text;
      return literal(codeOf(escaped) ?? 0, text);
    }
    if (set !== undefined) {
      for (const [part] of set.matchAll(inSet)) checkEscape(part);
      return folds.at(-1) ? foldedSet(set, setOf) : text;
    }
    if (count !== undefined) return `\\${count}`;
    if (end !== undefined) {
      const fold = off?.includes("i") ? false : on!.includes("i") || folds.at(-1)!;
      if (end === ":") folds.push(fold);
      else folds[folds.length - 1] = fold;
      return text;
    }
    if (open !== undefined) folds.push(folds.at(-1)!);
    else if (close !== undefined && folds.length > 1) folds.pop();
    return literal(text.charCodeAt(0), text);
  };
  return [...bytes.matchAll(token)].map(rewrite).join("");
}

/** RE2 folds the case of ASCII letters only. What else a class takes in either case, re2js knows. */
function foldedSet(set: string, setOf: SetOf): string {
  const [folded, plain] = [setOf(`(?i)${set}`), setOf(set)];
  if (!folded || !plain) return set;
  const wanted = plain.map((takes, byte) => (byte < 0x80 ? folded[byte]! : takes));
  if (wanted.every((takes, byte) => takes === folded[byte])) return set;
  const taken = wanted.flatMap((takes, byte) => (takes ? [hex(byte)] : []));
  return taken.length > 0 ? `(?-i:[${taken.join("")}])` : "[^\\x00-\\x{10ffff}]";
}

function checkEscape(escaped: string): void {
  if ((codeOf(escaped) ?? 0) > 0xff) throw new Error(`error parsing regexp: invalid escape sequence: \`${escaped}\``);
  const group = /^\\[pP](?:\{\^?([^}]*)\}|(.))$/.exec(escaped);
  if (group && !unicodeGroups.has(group[1] ?? group[2]!))
    throw new Error(`error parsing regexp: invalid character class range: \`${escaped}\``);
}

/** Of `\x` and octal escapes. */
function codeOf(escaped: string): number | undefined {
  const [, hexadecimal, octal] = /^\\(?:x\{?([0-9A-Fa-f]+)\}?|([0-7]{1,3}))$/.exec(escaped) ?? [];
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal, 16);
  return octal === undefined ? undefined : Number.parseInt(octal, 8);
}

function hex(code: number): string {
  return `\\x{${code.toString(16)}}`;
}
