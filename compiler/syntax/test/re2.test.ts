/**
 * Expressions against what RE2 itself does on Latin-1, as its Python binding said: google-re2 1.1 with Options.Encoding.LATIN1. Envoy 1.40
 * is asked by fixtures/route-regex-bytes and by the table of refusals.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileRe2, whyNoRegex } from "../index.ts";

const re2 = suite("RE2 on bytes");

/** Of these bytes, those that are a match. */
const samples = "\0\nAKSaks01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff";
const taken: readonly (readonly [string, string])[] = [
  [".", "\0AKSaks01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["(?s).", "\0\nAKSaks01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["\\C", "\0\nAKSaks01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["[^a]", "\0\nAKSks01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["(?i)k", "Kk"],
  ["(?i)s", "Ss"],
  ["(?i)\\xc2", "\xc2"],
  ["(?i)\\xe2", "\xe2"],
  ["(?i)[\\xc2a]", "Aa\xc2"],
  ["(?i)[^\\xc2a]", "\0\nKSks01_\x80\xa0\xa9\xaa\xb5\xbf\xc3\xdf\xe2\xe9\xff"],
  ["(?i)[^\\sµK]", "\0ASas01_\x80\xa0\xa9\xaa\xbf\xc3\xdf\xe2\xe9\xff"],
  ["(?i)[\\xc0-\\xc5]", "\xc2\xc3"],
  ["(?i)\\pL", "AKSaks\xaa\xb5\xc2\xc3\xdf\xe2\xe9\xff"],
  ["(?i)\\PL", "\0\n01_\x80\xa0\xa9\xbf"],
  ["(?i)\\p{Lu}", "AKSaks\xc2\xc3"],
  ["(?i)[^\\p{Lu}]", "\0\n01_\x80\xa0\xa9\xaa\xb5\xbf\xdf\xe2\xe9\xff"],
  ["(?i)[[:upper:]]", "AKSaks"],
  ["(?i)[[:^upper:]\\xc2]", "\0\n01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["\\pL", "AKSaks\xaa\xb5\xc2\xc3\xdf\xe2\xe9\xff"],
  ["\\PL", "\0\n01_\x80\xa0\xa9\xbf"],
  ["\\p{Greek}", ""],
  ["\\P{Greek}", "\0\nAKSaks01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["(?i)\\p{Greek}", ""],
  ["[[:^ascii:]]", "\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["\\W", "\0\n\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["(?i)\\W", "\0\n\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["\\D", "\0\nAKSaks_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["\\S", "\0AKSaks01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["é", ""],
  ["[é]", "\xa9\xc3"],
  ["[^é]", "\0\nAKSaks01_\x80\xa0\xaa\xb5\xbf\xc2\xdf\xe2\xe9\xff"],
  ["[ÿ-é]", "\xa9\xbf\xc2\xc3"],
  ["\\xe9", "\xe9"],
  ["\\x{e9}", "\xe9"],
  ["\\351", "\xe9"],
  ["\\077|\\141", "a"],
  ["(?i:\\xc2)|\\xe2", "\xc2\xe2"],
  ["(?i)(?-i)\\xc2", "\xc2"],
  ["(?i)[^\\x00-\\xff]", ""],
  ["[\\x{0}-\\x{7f}]", "\0\nAKSaks01_"],
  ["(?i)[a-z\\xe2]", "AKSaks\xe2"],
  ["\\p{Any}", "\0\nAKSaks01_\x80\xa0\xa9\xaa\xb5\xbf\xc2\xc3\xdf\xe2\xe9\xff"],
  ["(?i)\\Q\\xc2\\E", ""],
  ["\\p{So}|\\pN", "01\xa9"],
];

for (const [expression, bytes] of taken) {
  re2(`takes as RE2: ${expression}`, () => {
    const compiled = compileRe2(expression);
    assert.is([...samples].filter((byte) => compiled.testExact(byte)).join(""), bytes);
  });
}

re2("refuses what RE2 refuses", () => {
  for (const expression of [
    "\\x{100}",
    "[\\x{100}]",
    "\\x{0100}",
    "\\400",
    "[\\777]",
    "\\1",
    "\\8",
    "[\\C]",
    "\\p{Cn}",
    "\\P{LC}",
    "[\\p{Cn}]",
    "\\p{Sidetic}",
    "\\p{Math}",
    "\\pX",
    "[ſ-C]",
    "\\é",
    "(?i",
    "[a",
    "(?z)a",
  ])
    assert.ok(whyNoRegex(expression), expression);
});

re2("what folds ends with its group", () => {
  const matches = (expression: string, text: string) => compileRe2(expression).testExact(text);
  assert.ok(matches("((?i)a)a|(?i:b)(?-i:\xc3)", "Aa"));
  assert.not.ok(matches("((?i)a)a", "AA"));
  assert.ok(matches("(?i:a(?-i)b)c", "Abc"));
  assert.not.ok(matches("(?i:a(?-i)b)c", "ABc"));
  assert.ok(matches("(?i)\\Qa(\xe9\\E+", "A(\xc3\xa9\xa9"));
});

re2("a repetition of ten digits is text", () => {
  const matches = (expression: string, text: string) => compileRe2(expression).testExact(text);
  assert.ok(matches("a{9999999999}", "a{9999999999}"));
  assert.ok(matches("{1,1234567890}+", "{1,1234567890}}"));
  assert.ok(matches("[{1234567890}]", "}"));
  for (const expression of ["a{100000000}", "a{999999999}", "a{1,100000000}"]) assert.ok(whyNoRegex(expression), expression);
});

re2("hostile expressions are refused at once", () => {
  for (const part of ["[\\p{}", "[\\x{1}", "[[:a:", "[", "\\p{", "\\Q", "(?i", "(?P<"])
    assert.ok(whyNoRegex(`[${part.repeat(3000)}`), part);
  assert.ok(whyNoRegex(`[${"\\p{}".repeat(3000)}`));
});

re2.run();
