import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lowerPart } from "../decide-parts.ts";
import { route, routeConfig, to } from "./models.ts";

const test = suite("lower: parts of route tables");

const withPath = (path: ReturnType<typeof route>["match"]["path"]) => route(to("c"), { match: { ...route(to("c")).match, path } });

test("a part reads the same each time, and holds on to what it is until the first time", () => {
  const { vhosts } = routeConfig("r", [
    withPath({ kind: "regex", regex: "/a.*" }),
    withPath({ kind: "regex", regex: "(.*a){3}.{14}|.*b.{12}" }),
    withPath({ kind: "regex", regex: "/a.*" }),
  ]);
  const part = lowerPart({ items: [{ ...vhosts[0]!, domains: ["a.example", "*.b.example", "c.*", "*"] }] });
  const [first, second] = [part.read(), part.read()];
  assert.is.not(first, second);
  assert.equal(first, second);
  assert.equal(
    [first.exact, first.suffixes, first.prefixes, first.rest],
    [[{ text: "a.example", vhost: 0 }], [{ text: ".b.example", vhost: 0 }], [{ text: "c.", vhost: 0 }], 0],
  );
  assert.equal(
    part.dfas.map(({ regex }) => regex),
    ["/a.*"],
  );
  assert.equal(
    part.told.map(({ code }) => code),
    ["KM3500"],
  );
});

test.run();
