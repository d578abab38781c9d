/** Automata against re2js itself, on generated texts. */
import { RE2JS } from "re2js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { wireText } from "../../hir/bytes.ts";
import type { LirDfa } from "../../lir/decide.ts";
import { compileDfa } from "../decide-dfa.ts";
import { dfaOf } from "../decide-names.ts";

const dfas = suite("regex to automaton");
const limits = { states: 4096, work: 4_000_000 };

export function takes(dfa: LirDfa, text: string): boolean {
  let state = dfa.start;
  for (let i = 0; i < text.length && state !== 0; i++) state = dfa.next[state * dfa.classes + dfa.classOf[text.charCodeAt(i)]!]!;
  return state !== 0 && dfa.next[state * dfa.classes + dfa.classes - 1] === 1;
}

const expressions = [
  "",
  "a",
  "/a|/b",
  "(?i)/FoO.*",
  "^/x$",
  "a.b",
  "[^x]",
  ".*",
  "(?s).*",
  "a*",
  "(a|ab)(c|bcd)(d*)",
  "/v[0-9]+/(users|items)/[^/]+",
  // Assertions, wherever they stand.
  "\\bfoo\\b.*",
  "\\Bx",
  "x\\B.*",
  "(\\b|x)y",
  "x*\\by*",
  "\\b",
  "^$",
  "$",
  "(^|x)a($|y)",
  "(?m)^a$|b",
  "(?m)(^a\\n?)+",
  "\\Aab\\z",
  "a$b",
  "a^b",
  // Bytes: Envoy's RE2 reads Latin-1.
  "é+",
  "[é]",
  "(?i)straße",
  "[\\x80-\\xff]+",
  "\\xe9",
  "\\x{e9}?",
  "\\pL+",
  "(?i)k",
  "(?i)[k-m]",
  "(?i)[^k-m]",
  "[[:alpha:]]+",
  "\\d+\\.\\d+",
  "\\w+\\s\\W",
  "a{2,5}",
  "(a|b){3,20}c",
  "(a*)*b",
  "(?U)a+b*",
  "(?P<n>a)(?<m>b)",
  "a\\Q.*\\E",
  "(?:a|b|)c",
];

const alphabet = [..."/abcxyvFfoO019 .\n_kKsStT?=1*".split(""), "\xc3", "\xa9", "\xff", "\x80", "\xdf", "\xe9", "\0"];

for (const expression of expressions) {
  dfas(JSON.stringify(expression), () => {
    const dfa = compileDfa(expression, limits);
    assert.ok(dfa, "it fits");
    const re2 = RE2JS.compile(wireText(expression));
    const own = [...wireText(expression).replace(/[\\()*+?^$[\]{}|]/g, "")];
    let seed = 1;
    const below = (bound: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return (seed >>> 8) % bound;
    };
    for (let i = 0; i < 400; i++) {
      const letters = own.length > 0 && below(2) === 0 ? own : alphabet;
      const text = Array.from({ length: below(9) }, () => (below(3) === 0 ? alphabet : letters))
        .map((list) => list[below(list.length)])
        .join("");
      assert.is(takes(dfa!, text), re2.testExact(text), JSON.stringify(text));
    }
  });
}

dfas("\\C takes any byte", () => {
  const dfa = compileDfa("a\\C\\\\C", limits)!;
  assert.ok(takes(dfa, "a\xff\\C"));
  assert.ok(takes(dfa, "a\n\\C"));
  assert.not(takes(dfa, "a\\C"));
});

dfas("past the limit there is none", () => {
  assert.is(compileDfa("(a|b)*a(a|b){14}", limits), undefined);
  assert.is(compileDfa("(\\w{1,200}x){1,4}", { states: 4096, work: 100_000 }), undefined);
});

dfas("smallest, and numbered alike for equal languages", () => {
  const one = compileDfa("(a|b)*abb", limits)!;
  assert.is(one.next.length / one.classes, 5, "four states and the dead one");
  assert.equal(compileDfa("[ab]*abb", limits)!.next, one.next);
});

dfas("an expression that many others come between is not compiled again, as long as it is asked for", () => {
  const first = dfaOf("/a+");
  for (let i = 0; i < 10_000; i++) {
    dfaOf(`/x${i}`);
    if (i % 100 === 0) assert.is(dfaOf("/a+"), first);
  }
});

dfas.run();
