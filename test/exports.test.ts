/** A value is exported for another file: what nobody else names is private, or dead. (Types are exported wherever a signature has them.) */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const exported = suite("exports");

const files = new Map(
  ["compiler", "runtime", "test", "tools"]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".ts") && !file.includes("/gen/"))
    .map((file) => [file, readFileSync(file, "utf8")]),
);

/** Name -> the files that name it; a room's index.ts only hands on. */
const users = new Map<string, Set<string>>();
for (const [file, text] of files) {
  const words = basename(file) === "index.ts" ? text.replace(/^export (?:type )?\{[^}]*\} from.*$/gm, "") : text;
  for (const [word] of words.matchAll(/[A-Za-z_$][\w$]*/g)) {
    const found = users.get(word);
    if (found) found.add(file);
    else users.set(word, new Set([file]));
  }
}

exported("every exported value is named by another file", () => {
  const alone = [...files].flatMap(([file, text]) =>
    [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) ([\w$]+)/gm)]
      .filter(([, name]) => users.get(name!)!.size === 1)
      .map(([, name]) => `${file}: ${name}`),
  );
  assert.equal(alone, [], "take `export` away, and the value where it is not used in its own file either");
});

exported.run();
