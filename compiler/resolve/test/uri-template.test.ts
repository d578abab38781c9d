/** Templates and paths as a real Envoy 1.40 takes them. */
import { RE2JS } from "re2js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileUriTemplate } from "../uri-template.ts";

const test = suite("uri template");

function takes(template: string, path: string): boolean {
  const compiled = compileUriTemplate(template);
  if ("refused" in compiled) throw new Error(`${template}: ${compiled.refused}`);
  return RE2JS.compile(compiled.regex).testExact(path);
}

const taken: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["/a/*", ["/a/b", "/a/b-c", "/a/%20"], ["/a", "/a/", "/a/b/", "/a/b/c", "/b/b"]],
  ["/a/{x}", ["/a/b"], ["/a/", "/a/b/c"]],
  ["/a/**", ["/a/", "/a/b", "/a/b/c/"], ["/a", "/ab"]],
  ["/**.js", ["/x.js", "/s/x.js", "/.js"], ["/x.ts", "/xjs"]],
  ["/a/{x=**}/c", ["/a/b/c/c", "/a/b/c"], ["/a/b"]],
  ["/a/{x=b/*}", ["/a/b/c"], ["/a/c/c", "/a/b"]],
  ["/v1.0/(a)+$", ["/v1.0/(a)+$"], ["/v1x0/(a)+$"]],
  ["/", ["/"], ["/a"]],
  ["/*", ["/a*", "/-"], ["/", "/a/"]],
  ["/x/a*b", ["/x/aab", "/x/b"], ["/x/a*b"]],
  ["/a+*b", ["/a++b", "/ab"], ["/a+*b"]],
  ["/v{x}.js/end", ["/v1.js/end"], ["/v.js/end", "/v1.js"]],
  ["/a{x}*", ["/a", "/aX", "/aX*"], ["/b"]],
  ["/a**", [], ["/a", "/a**"]],
];

for (const [template, yes, no] of taken) {
  test(template, () => {
    for (const path of yes) assert.ok(takes(template, path), `${template} takes ${path}`);
    for (const path of no) assert.not.ok(takes(template, path), `${template} does not take ${path}`);
  });
}

test("what Envoy refuses", () => {
  const bad = [
    "a",
    "/a b",
    "/{a}/{a}",
    "/{a}/{b}/{c}/{d}/{e}/{f}",
    "/{abcdefghijklmnopq}",
    "/{1a}",
    "/{a=}",
    "/{a",
    "/**/*",
    "/**/{a}",
    "//",
    "/a#b",
    "/{a=*b}",
    "/{a=b/}",
    "/a{x}{y}",
    "/{x}b{y}",
    "/*{y}",
    "/*(a)/*",
    "/**.js/",
  ];
  for (const template of bad) assert.ok("refused" in compileUriTemplate(template), template);
});

test.run();
