/** Random expressions of RE2's syntax, each made together with a text that it may match. */
import type { Dice } from "./dice.ts";

interface Piece {
  readonly regex: string;
  /** One that a reader of the expression expects to match. */
  readonly text: string;
}

const made = new Map<string, string>();

/** The text that `randomRegex` made beside this expression; undefined for one that it did not make. */
export function textFor(regex: string): string | undefined {
  return made.get(regex);
}

/** An expression behind the literal `start`. One in two hundred is one that RE2 may refuse. */
export function randomRegex(dice: Dice, start: string): string {
  const { regex, text } = dice.chance(0.005) ? { regex: dice.pick(oddities), text: "a" } : alternatives(dice, 3);
  const whole = regex.includes("|") && start !== "" ? `${start}(${regex})` : `${start}${regex}`;
  made.set(whole, start + text);
  return whole;
}

/** Edges of the syntax: some are refused, some mean something else than they seem to. */
const oddities = [
  "\\1",
  "(?=a)",
  "(?<=b)a",
  "(?!a)",
  "a{2",
  "a{,2}",
  "{",
  "]",
  "a{1001}",
  "(a{40}){40}",
  "(a{30}){30}",
  "a{2}{3}",
  "a**",
  "a+?+",
  "\\8",
  "\\xZ",
  "[z-a]",
  "[a",
  "a)",
  "(a",
  "\\x{100}",
  "\\x{e9}",
  "[[:foo:]]",
  "\\pX",
  "\\p{Foo}",
  "(?P<n>a)(?P<n>b)",
  "(?P<1a>b)",
  "(?P<é>a)",
  "(?P=n)",
  "\\c",
  "\\_",
  "\\é",
  "\\Z",
  "\\G",
  "\\h",
  "(?x)a b",
  "(?i",
  "(?z)a",
  "[a-\\d]",
  "[\\d-z]",
  "[a-b-c]",
  "[]a]",
  "[^]a]",
  "[]",
  "[^]",
  "\\Qa.b",
  "(?>a)",
  "(?#c)a",
  "a\\",
  "*a",
  "|",
  "()",
  "(?i)É",
  "[[:word:]]",
  "[[=a=]]",
  "\\pN",
  "\\p{^L}",
  "\\P{^L}",
  "(?i-s:A.)",
  "\\07",
  "\\018",
  "x{0}a",
  "(a*)*",
  "(|a)+",
  "(a?){50}",
  "[^\\x00-\\xff]",
];

const letters = ["a", "b", "c", "1", "/", ".", "-", "_", "A"];

const atoms: readonly (readonly [string, readonly string[]])[] = [
  [".", ["a", "/", "\u00c3"]],
  ["[a-c]", ["a", "c"]],
  ["[^a]", ["b", "/"]],
  ["[^/]", ["a", "."]],
  ["\\d", ["1"]],
  ["\\D", ["a"]],
  ["\\w", ["a", "_"]],
  ["\\W", ["-", "\u00e9"]],
  ["\\s", [" "]],
  ["\\S", ["a"]],
  ["[[:alpha:]]", ["b"]],
  ["[[:^digit:]]", ["b"]],
  ["[[:upper:]]", ["A"]],
  ["\\pL", ["a", "\u00e9"]],
  ["\\PL", ["1", "\u0080"]],
  ["\\p{Lu}", ["A"]],
  ["\\p{Greek}", ["a"]],
  ["[\\d\\-x]", ["-", "1"]],
  ["[\\w.]", [".", "a"]],
  ["[é]", ["\u00c3", "\u00a9", "\u00e9"]],
  ["é", ["\u00c3\u00a9"]],
  ["\\x61", ["a"]],
  ["\\141", ["a"]],
  ["\\x{62}", ["b"]],
  ["\\Qa.\\E", ["a."]],
  ["\\.", ["."]],
  ["\\C", ["a"]],
];

const assertions = ["^", "$", "\\b", "\\B", "\\A", "\\z"];

function alternatives(dice: Dice, depth: number): Piece {
  const first = sequence(dice, depth);
  if (!dice.chance(0.2)) return first;
  const others = dice.list(1, 2, () => (dice.chance(0.15) ? { regex: "", text: "" } : sequence(dice, depth - 1)));
  const all = [first, ...others];
  return { regex: all.map(({ regex }) => regex).join("|"), text: dice.pick(all).text };
}

function sequence(dice: Dice, depth: number): Piece {
  const pieces = dice.list(1, 3, () => repeated(dice, depth));
  return { regex: pieces.map(({ regex }) => regex).join(""), text: pieces.map(({ text }) => text).join("") };
}

function repeated(dice: Dice, depth: number): Piece {
  if (dice.chance(0.08)) return { regex: dice.pick(assertions), text: "" };
  const one = depth > 0 && dice.chance(0.3) ? group(dice, depth - 1) : atom(dice);
  if (!dice.chance(0.35)) return one;
  const lazy = dice.chance(0.2) ? "?" : "";
  const [times, count] = dice.pick([
    ["*", 0],
    ["*", 2],
    ["+", 1],
    ["?", 0],
    ["{2}", 2],
    ["{1,3}", 3],
    ["{2,}", 2],
    ["{0,1}", 1],
    ["{0}", 0],
  ] as const);
  return {
    regex: `${one.regex.length > 1 && !isOne(one.regex) ? `(?:${one.regex})` : one.regex}${times}${lazy}`,
    text: one.text.repeat(count),
  };
}

/** A class, an escape or a group: a repetition takes it whole. */
function isOne(regex: string): boolean {
  return /^(\[.*\]|\\([a-zA-Z.]|x..|\d{3}|x\{..\}|p\{\w+\}|[pP]L)|\(.*\))$/.test(regex);
}

function group(dice: Dice, depth: number): Piece {
  const { regex, text } = alternatives(dice, depth);
  const open = dice.pick(["(", "(", "(?:", "(?i:", "(?s:", "(?m:", "(?U:", "(?i-s:"]);
  return { regex: `${open}${regex})`, text: open.startsWith("(?i") && dice.chance(0.5) ? text.toUpperCase() : text };
}

function atom(dice: Dice): Piece {
  if (dice.chance(0.6)) {
    const letter = dice.pick(letters);
    return { regex: letter === "." ? "\\." : letter, text: letter };
  }
  const [regex, texts] = dice.pick(atoms);
  return { regex, text: dice.pick(texts) };
}
