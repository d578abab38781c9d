import { readFileSync, statSync } from "node:fs";

/** Addresses by name in lower case, as in hosts(5). */
export type Hosts = ReadonlyMap<string, readonly string[]>;

export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address, ...names] = words(line);
    if (address === undefined) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      const known = hosts.get(key);
      if (known) known.push(address);
      else hosts.set(key, [address]);
    }
  }
  return hosts;
}

/** What resolv.conf(5) says beside the servers. */
export interface Search {
  readonly domains: readonly string[];
  /** A name with fewer dots is looked up below the domains first. */
  readonly ndots: number;
}

export function parseSearch(text: string): Search {
  let domains: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split("\n")) {
    const [keyword, ...rest] = words(line);
    if (keyword === "search") domains = rest;
    else if (keyword === "domain") domains = rest.slice(0, 1);
    else if (keyword === "options")
      for (const option of rest) if (/^ndots:\d+$/.test(option)) ndots = Math.min(15, Number(option.slice(6)));
  }
  return { domains, ndots };
}

/** The names that a name may stand for, in the order in which they are asked for. */
export function searched(hostname: string, { domains, ndots }: Search): readonly string[] {
  if (hostname.endsWith(".")) return [hostname];
  const below = domains.map((domain) => `${hostname}.${domain.replace(/^\.|\.$/g, "")}`).filter((name) => !name.endsWith("."));
  return hostname.split(".").length - 1 >= ndots ? [hostname, ...below] : [...below, hostname];
}

/** A file's parsed content, read again when the file is another one; a file that can't be read counts as an empty one. */
export function watchedFile<T>(path: string, parse: (text: string) => T): () => { readonly value: T; readonly version: string } {
  let version: string | undefined;
  let value: T;
  return () => {
    const now = versionOf(path);
    if (now !== version) {
      version = now;
      value = parse(now === "" ? "" : textOf(path));
    }
    return { value, version: now };
  };
}

function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : "";
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function words(line: string): readonly string[] {
  return line
    .replace(/[#;].*/, "")
    .split(/\s+/)
    .filter((word) => word !== "");
}
