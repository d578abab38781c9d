import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeFolder } from "../index.ts";

const folder = suite("keep: folder");

let root: string;
folder.before.each(() => {
  root = mkdtempSync(join(tmpdir(), "kmesh-folder-"));
});
folder.after.each(() => rmSync(root, { recursive: true }));

folder("is made with what is missing above it, and stays where it is there", () => {
  const path = join(root, "a/b/c");
  makeFolder(path);
  makeFolder(path);
  for (const each of [path, join(root, "a")]) assert.is(statSync(each).mode & 0o777, 0o700, each);
});

folder("is refused where a file or a link to nothing stands, or where the file system makes none", () => {
  writeFileSync(join(root, "file"), "");
  symlinkSync(join(root, "nowhere"), join(root, "link"));
  for (const [path, code] of [
    [join(root, "file"), /EEXIST/],
    [join(root, "file/below"), /ENOTDIR/],
    [join(root, "link"), /ENOENT/],
    [join(root, "link/below"), /ENOENT/],
    ["/proc/kmesh-none/below", /ENOENT/],
  ] as const)
    assert.throws(() => makeFolder(path), code);
});

folder.run();
