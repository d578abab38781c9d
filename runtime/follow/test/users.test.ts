import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HostnameQuery } from "../../../compiler/resolve/index.ts";
import { usersOf } from "../users.ts";

test("clusters are found by what tells them of endpoints", () => {
  const query = (key: string) => ({ key }) as HostnameQuery;
  const hostnames = [
    { cluster: 1, queries: [query("x"), query("a")] },
    { cluster: 7, queries: [query("x")] },
  ];
  const users = usersOf({ assignments: ["c", "", "a", "b", "a", "~", "a"], hostnames });
  const found = ["", "A", "a", "aa", "b", "c", "x", "~", "~~"].map((name) => users.idsOf("endpoint", name));
  assert.equal(found, [[], [], [2, 4, 6], [], [3], [0], [], [5], []]);
  assert.equal([users.idsOf("answer", "x"), users.idsOf("answer", "a"), users.idsOf("answer", "c")], [[1, 7], [1], []]);
  assert.equal(users.idsOf("cluster", "a"), []);
  assert.equal([1, 2, 7].map(users.answersOf), [["x", "a"], [], ["x"]]);
  assert.equal(usersOf({ assignments: [], hostnames: [] }).idsOf("endpoint", ""), []);
});

test.run();
