/** Random URI templates. */
import type { Dice } from "./dice.ts";

const segments = ["a", "b", "x.js", "A", "1", "a-b", "%61", "a;p", "a@b", "$", "a'b", "a&b", "(a)", "a+b", "a:b", "~a"];
const odd = [
  "",
  "é",
  "a b",
  "a#",
  "a?",
  "{",
  "}",
  "{x",
  "{}",
  "{1x}",
  "{x y}",
  "{x=}",
  "{x=a}{x}",
  "a*b",
  "***",
  "[a]",
  "a\\b",
  "<a>",
  "a|b",
  '"a"',
  "^",
];

/** Most are legal. */
export function randomTemplate(dice: Dice): string {
  const parts = dice.list(1, 4, (i) => randomPart(dice, i));
  const last = dice.chance(0.2) ? dice.pick(["/", "/**", "/**.js", "/*.js", "/{rest=**}", "/{rest=**}.js"]) : "";
  return `${dice.chance(0.02) ? "" : "/"}${parts.join("/")}${last}`;
}

function randomPart(dice: Dice, index: number): string {
  if (dice.chance(0.01)) return dice.pick(odd);
  const kind = dice.int(38);
  if (kind < 20) return dice.pick(segments);
  if (kind < 25) return "*";
  if (kind < 30) return `{v${index}}`;
  if (kind < 33) return `{v${index}=${dice.pick(["a", "a/b", "*", "a/*", "*/b", "**", "a/**"])}}`;
  if (kind < 36) return `${dice.pick(segments)}${dice.pick(["*", `{v${index}}`, "**"])}`;
  return `${dice.pick(["*", `{v${index}}`])}${dice.pick(segments)}`;
}
