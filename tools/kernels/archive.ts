/**
 * Debian's kernels, of releases that this machine does not run: found, checked and downloaded by apt with lists of its own, unpacked into a
 * folder. Nothing is installed.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A kernel that can be booted. */
export interface KernelImage {
  readonly version: string;
  /** The bootable image. */
  readonly image: string;
  /** Its lib/modules/VERSION. */
  readonly modules: string;
}

/** The newest kernel that Debian has, whatever its series. */
const NEWEST = "newest";

/** Which releases have kernels of the series that are supported, and which part of the archive. */
const SUITES = [
  "main bullseye",
  "security bullseye-security",
  "main bookworm",
  "security bookworm-security",
  "main trixie",
  "security trixie-security",
  "main trixie-backports",
];
/** For virtual machines: they boot fast and have all that is needed. */
const FLAVOUR = "cloud-amd64";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const byVersion = new Intl.Collator("en", { numeric: true });

export interface Archive {
  /** @param series `6.12`, or NEWEST */
  kernel(series: string): KernelImage;
}

export function openArchive(folder: string): Archive {
  const apt = configureApt(join(folder, "apt"));
  const names = new Set(apt(["apt-cache", "pkgnames", "linux-"]).split("\n"));
  const versions = [...names]
    .flatMap((name) => (name.startsWith("linux-image-") && name.endsWith(`-${FLAVOUR}`) ? [name.slice("linux-image-".length)] : []))
    .filter((version) => /^\d/.test(version))
    .sort((a, b) => byVersion.compare(b, a));

  /** What a kernel is made of; undefined where a part of it is not in the archive any more. */
  const packagesOf = (version: string): readonly string[] | undefined => {
    // Debian split its kernels in 6.19.
    if (!apt(["apt-cache", "show", `linux-image-${version}`]).includes(`linux-modules-${version}`)) return [`linux-image-${version}`];
    const parts = ["linux-binary", "linux-modules", "linux-base"].map((part) => `${part}-${version}`);
    return parts.every((part) => names.has(part)) ? parts : undefined;
  };

  const unpack = (version: string, packages: readonly string[]): string => {
    const target = join(folder, version);
    if (existsSync(target)) return target;
    const work = mkdtempSync(join(folder, "new-"));
    const root = join(work, "root");
    apt(["apt-get", "-qq", "download", ...packages], work);
    for (const file of readdirSync(work)) execFileSync("dpkg-deb", ["--extract", join(work, file), root]);
    if (!existsSync(join(root, "lib"))) symlinkSync("usr/lib", join(root, "lib"));
    renameSync(root, target);
    rmSync(work, { recursive: true });
    return target;
  };

  return {
    kernel(series) {
      for (const version of versions) {
        if (series !== NEWEST && !new RegExp(`^${series.replaceAll(".", "\\.")}[.+-]`).test(version)) continue;
        const packages = packagesOf(version);
        if (packages) return locate(unpack(version, packages), version);
      }
      throw new Error(`Debian's archive has no complete kernel of series ${series}; it has ${versions.join(", ") || "none"}`);
    },
  };
}

function locate(root: string, version: string): KernelImage {
  const modules = join(root, "lib/modules", version);
  const image = [join(root, "boot", `vmlinuz-${version}`), join(modules, "vmlinuz")].find(existsSync);
  if (image === undefined) throw new Error(`${root} holds no bootable image`);
  return { version, image, modules };
}

/** Runs one of apt's commands in a folder; what it prints. */
type Apt = (command: readonly [string, ...string[]], cwd?: string) => string;

/** apt that knows the releases of SUITES only, and keeps all it knows in a folder. */
function configureApt(folder: string): Apt {
  for (const part of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(folder, part), { recursive: true });
  const archives = { main: archiveOf(/\/debian\/?$/, "main"), security: archiveOf(/-security\/?$/, "security") };
  const sources = SUITES.map((suite) => suite.split(" ") as ["main" | "security", string]).map(
    ([archive, release]) => `deb [arch=amd64 signed-by=${KEYRING}] ${archives[archive]} ${release} main\n`,
  );
  writeFileSync(join(folder, "sources.list"), sources.join(""));
  writeFileSync(join(folder, "status"), "");
  const settings = {
    "Dir::Etc::sourcelist": join(folder, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::State::lists": join(folder, "lists"),
    "Dir::State::status": join(folder, "status"),
    "Dir::Cache": join(folder, "cache"),
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const apt: Apt = ([command, ...args], cwd = folder) =>
    execFileSync(command, [...options, ...args], { cwd, encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "inherit"] });
  apt(["apt-get", "-qq", "update"]);
  return apt;
}

/** Where this machine's apt gets Debian from. */
function archiveOf(pattern: RegExp, what: string): string {
  const name = `DEBIAN_${what.toUpperCase()}`;
  const set = process.env[name];
  if (set) return set;
  const uris = execFileSync("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], { encoding: "utf8" });
  const found = uris.split("\n").find((uri) => pattern.test(uri));
  if (found === undefined) throw new Error(`apt knows no ${what} archive of Debian on this machine; ${name}=URL names one`);
  return found;
}
