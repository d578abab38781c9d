import { suite } from "uvu";
import * as assert from "uvu/assert";
import { anyDraw, type Condition, probabilityOf, splitDraw, weighDraw } from "../draw.ts";
import { formatIp, parseIp, parseSocketAddress } from "../ip.ts";
import { compileRegex } from "../regex.ts";

const ips = suite("addresses");
const canonical = (text: string) => {
  const bytes = parseIp(text);
  return bytes && formatIp(bytes);
};
ips("RFC 5952", () => {
  const pairs = {
    "::": "::",
    "0:0:0:0:0:0:0:1": "::1",
    "2001:DB8::0:1": "2001:db8::1",
    "1:0:0:2:0:0:0:3": "1:0:0:2::3",
    "1:0:2:3:4:5:6:7": "1:0:2:3:4:5:6:7",
    "::ffff:1.2.3.4": "::ffff:1.2.3.4",
    "::ffff:102:304": "::ffff:1.2.3.4",
    "1::": "1::",
  };
  for (const [text, want] of Object.entries(pairs)) assert.is(canonical(text), want, text);
});
ips("no addresses", () => {
  for (const text of [
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4.5",
    ":::",
    "1:2:3",
    "1::2::3",
    "::g",
    "12345::",
    "1:2:3:4:5:6:7:8:9",
    "::1%eth0",
    "1.2.3.4:",
  ]) {
    assert.is(canonical(text), undefined, text);
  }
});
ips("with ports", () => {
  assert.equal(parseSocketAddress("[::0]:0"), { ip: "::", port: 0 });
  for (const text of ["1.2.3.4", "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:70000", "::1:80", "[1.2.3.4]:80"])
    assert.is(parseSocketAddress(text), undefined, text);
});
ips.run();

const draws = suite("draws");
const near = (got: number, want: number) => assert.ok(Math.abs(got - want) < 1e-12, `${got} is not ${want}`);
/** The chance by counting every number. */
function counted(condition: Condition, modulus: number, test: (x: number) => boolean): number {
  let hits = 0;
  for (let x = 0; x < modulus; x++) if (condition.every((c) => x % c.modulus >= c.from && x % c.modulus < c.to) && test(x)) hits++;
  return hits / modulus;
}
draws("one denominator", () => {
  const first = splitDraw(anyDraw, { numerator: 30, denominator: 100 });
  const second = splitDraw(first.left!, { numerator: 50, denominator: 100 });
  near(probabilityOf(first.taken!), 0.3);
  near(probabilityOf(second.taken!), 0.2);
  near(probabilityOf(second.left!), 0.5);
  assert.is(splitDraw(second.left!, { numerator: 40, denominator: 100 }).taken, undefined);
});
draws("different denominators", () => {
  const { left } = splitDraw(anyDraw, { numerator: 30, denominator: 100 });
  const { taken } = splitDraw(left!, { numerator: 4567, denominator: 10_000 });
  near(
    probabilityOf(taken!),
    counted(left!, 10_000, (x) => x < 4567),
  );
});
draws("weights share what a fraction leaves, by the same number", () => {
  const { taken } = splitDraw(anyDraw, { numerator: 37, denominator: 100 });
  for (const weights of [[50, 50], [1, 2], [10, 20, 30], [7], [0, 5, 0, 15]]) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const chances = weighDraw(taken!, weights);
    let from = 0;
    weights.forEach((weight, i) => {
      const start = from;
      from += weight;
      near(
        chances[i]!,
        counted(taken!, 100 * total, (x) => x % total >= start && x % total < start + weight),
      );
    });
  }
});
draws("weights alone", () => {
  assert.equal(weighDraw(anyDraw, [1, 3]), [0.25, 0.75]);
  assert.equal(weighDraw(anyDraw, [0, 0]), [0, 0]);
});
draws.run();

const regexes = suite("regexes");
regexes("replacing as RE2 does", () => {
  const replace = (expression: string, text: string, by: string) => compileRegex(expression).replaceAll(text, by);
  assert.is(replace("a*", "baac", "x"), "xbxcx");
  assert.is(replace("", "ab", "-"), "-a-b-");
  assert.is(replace("(a)|(b)", "abc", "[\\1\\2]"), "[a][b]c");
  assert.is(replace("^a", "aaa", "x"), "xaa");
  assert.is(replace("\\bb", "ab b", "x"), "ab x");
  assert.is(replace("x", "abc", "y"), "abc");
  assert.is(replace(".", "Ã¼", "\\0\\0"), "ÃÃ¼¼", "by byte");
});
regexes.run();
