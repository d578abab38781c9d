import { asciiLower, wireText } from "../../hir/bytes.ts";
import type { HirHeaderMatch, HirPathMatch, HirStringMatch } from "../../hir/index.ts";
import type { LirDfa } from "../../lir/decide.ts";
import { compileDfa } from "../../lower/decide-dfa.ts";
import { dfaLimits } from "../../lower/decide-names.ts";
import { perText } from "../../memo/index.ts";

/** Values at a matcher's boundary, latin-1 text: the first one is meant to match. Both engines are asked, so a wrong guess costs nothing. */
export function stringSamples(match: HirStringMatch): readonly string[] {
  if (match.kind === "regex") return regexSamples(match.regex);
  const value = wireText(match.value);
  const other = flipCase(value);
  switch (match.kind) {
    case "exact":
      return [value, `${value}x`, value.slice(0, -1), other];
    case "prefix":
      return [`${value}x`, value, value.slice(0, -1), `x${value}`, `${other}x`];
    case "suffix":
      return [`x${value}`, value, value.slice(1), `${value}x`, `x${other}`];
    case "contains":
      return [`x${value}x`, value, value.slice(1), `x${other}x`];
  }
}

/** Values of a header; undefined leaves it out. */
export function headerSamples({ value, invert }: HirHeaderMatch): readonly (string | undefined)[] {
  const samples = valueSamples(value);
  const [hit, ...rest] = samples;
  if (!invert) return [...samples, value.kind === "present" ? "" : undefined];
  return value.kind === "present" ? samples.toReversed() : [`not ${rest[0] ?? "it"}`, hit, ...rest, undefined];
}

function valueSamples(value: HirHeaderMatch["value"]): readonly (string | undefined)[] {
  switch (value.kind) {
    case "present":
      return value.present ? ["x", undefined] : [undefined, "x"];
    case "range": {
      const [start, end] = [BigInt(value.start), BigInt(value.end)];
      return [String(start), String(start - 1n), String(end - 1n), String(end), `+${start}`, "x", ""];
    }
    default:
      return stringSamples(value);
  }
}

/** Paths at a matcher's boundary. */
export function pathSamples(match: HirPathMatch): readonly string[] {
  switch (match.kind) {
    case "connect":
      return ["/"];
    case "regex":
    case "template":
      return regexSamples(match.regex).flatMap((path) => (path.startsWith("/") ? [path, `${path}/`] : [`/${path}`]));
    case "prefix":
    case "path":
    case "path_separated_prefix": {
      const value = wireText(match.value);
      const longer = [`${value}x`, `${value}/x`, `${value}?a=1`, value.slice(0, -1), flipCase(value), `${value}/../x`, `${value};p/x`];
      const list = match.kind === "prefix" ? [`${value}x`, value, ...longer] : [value, ...longer];
      return [...new Set(list.map((path) => (path.startsWith("/") ? path : `/${path}`)))];
    }
  }
}

/** Every letter in the other case. */
export function flipCase(text: string): string {
  return text.replace(/[A-Za-z]/g, (c) => (c === asciiLower(c) ? c.toUpperCase() : asciiLower(c)));
}

/** Shortest texts that the expression takes, and neighbours of them. */
const regexSamples = perText({ texts: 4096, units: 2 ** 20 }, (regex): readonly string[] => {
  const dfa = compileDfa(regex, dfaLimits);
  const taken = dfa ? accepted(dfa, 3) : [];
  const samples = [...new Set(taken.flatMap((text) => [text, `${text}x`, text.slice(0, -1), `x${text}`, flipCase(text)]))];
  return samples.length === 0 ? ["x", ""] : samples;
});

/** Breadth first through the automaton; printable bytes where a class has one. */
function accepted(dfa: LirDfa, count: number): readonly string[] {
  const byteOf: number[] = [];
  for (const byte of [...range(0x61, 0x7b), ...range(0x2d, 0x3a), ...range(0x21, 0x7f), ...range(0x80, 0x100)])
    byteOf[dfa.classOf[byte]!] ??= byte;
  const out: string[] = [];
  const seen = new Set<number>([dfa.start]);
  const queue: { readonly state: number; readonly text: string }[] = [{ state: dfa.start, text: "" }];
  for (let at = 0; at < queue.length && out.length < count; at++) {
    const { state, text } = queue[at]!;
    const row = state * dfa.classes;
    if (dfa.next[row + dfa.classes - 1] === 1) out.push(text);
    for (const [c, byte] of byteOf.entries()) {
      const next = byte === undefined ? 0 : dfa.next[row + c]!;
      if (next === 0 || seen.has(next)) continue;
      seen.add(next);
      queue.push({ state: next, text: text + String.fromCharCode(byte!) });
    }
  }
  return out;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
