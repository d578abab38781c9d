/**
 * What a command as built loads before it can answer: that is what its start costs, and unlike time it is the same on every machine. V8's
 * coverage lists every script, Node's own modules among them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../compiler/package-root.ts";

const startUp = suite("start-up");

const compile = "dist/compiler/cli/main.js";
const daemon = "dist/runtime/cli/daemon.js";
const ctl = "dist/runtime/cli/kmeshctl.js";

interface Loaded {
  readonly code: number | null;
  /** Our own files, as paths in the package. */
  readonly files: readonly string[];
  /** The npm package of each other file. */
  readonly packages: readonly string[];
  /** Node's own public modules. */
  readonly builtins: readonly string[];
}

function loadedBy(...command: readonly string[]): Loaded {
  if (!existsSync(command[0]!)) throw new Error("dist/ is not built: make build");
  const folder = mkdtempSync(join(tmpdir(), "kmesh-coverage-"));
  try {
    const { status } = spawnSync(process.execPath, command, {
      cwd: packageRoot,
      env: { ...process.env, NODE_V8_COVERAGE: folder },
      stdio: "ignore",
    });
    const reports = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Coverage);
    const urls = reports.flatMap(({ result }) => result.map(({ url }) => url));
    const paths = urls.filter((url) => url.startsWith("file:")).map((url) => new URL(url).pathname.slice(packageRoot.length + 1));
    return {
      code: status,
      files: paths.filter((path) => !path.startsWith("node_modules/")),
      packages: paths.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
      builtins: urls.filter((url) => url.startsWith("node:") && !url.startsWith("node:internal/")),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

function kib(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0) / 1024;
}

for (const [binary, limit] of [
  [compile, 16],
  [daemon, 24],
  [ctl, 24],
] as const) {
  startUp(`${binary} --help loads its texts and nothing else`, () => {
    const { code, files, packages } = loadedBy(binary, "--help");
    assert.is(code, 0);
    assert.equal(packages, []);
    assert.ok(kib(files) < limit, `${kib(files).toFixed(0)} KiB: ${files.join(", ")}`);
  });
}

startUp("check loads no package that the mesh does not need, and nothing that makes code", () => {
  const { code, files, packages, builtins } = loadedBy(compile, "check", "fixtures/istio-outbound/snapshot.json");
  assert.is(code, 0);
  assert.equal(packages, []);
  assert.not(builtins.includes("node:child_process"), "clang is run by commands that compile");
  // Each file costs, however small: bundling keeps them few.
  assert.ok(files.length <= 24, `${files.length} files: ${files.join(", ")}`);
  assert.ok(kib(files) < 750, `${kib(files).toFixed(0)} KiB: ${files.join(", ")}`);
});

startUp("check loads RE2 for a mesh with regular expressions, once", () => {
  const { code, packages } = loadedBy(compile, "check", "fixtures/realistic-bookinfo/snapshot.json");
  assert.is(code, 0);
  assert.equal(packages, ["re2js"]);
});

startUp("a daemon loads gRPC when it follows a control plane, not before", () => {
  const { code, packages } = loadedBy(daemon, "run", "--no-such-option");
  assert.is(code, 2);
  assert.ok(packages.includes("pino"), "it has loaded all that it starts with");
  assert.not(packages.includes("@grpc/grpc-js"));
});

startUp("what the code names in its own folder is in dist/", () => {
  const sources = ["compiler", "runtime"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  const named = sources
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/join\(codeRoot, "([^"]+)"\)/g)].map(([, path]) => path!));
  assert.ok(named.length >= 3, named.join(", "));
  for (const path of named) assert.ok(existsSync(join("dist", path)), `${path}: name it in tools/build.sh`);
});

startUp.run();
