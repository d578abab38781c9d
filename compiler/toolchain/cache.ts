import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countObject } from "./numbers.ts";

/**
 * Objects by content: the key is a hash of everything that can change the bytes, so an entry is never stale. In memory, and on disk in
 * $KMESH_CACHE, else $XDG_CACHE_HOME/kmesh, else a folder of this user in the temporary directory. A disk that can't be written costs
 * only the next compile.
 */
const memory = new Map<string, Uint8Array>();

function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["KMESH_CACHE"]) return env["KMESH_CACHE"];
  if (env["XDG_CACHE_HOME"]) return join(env["XDG_CACHE_HOME"], "kmesh");
  return join(tmpdir(), `kmesh-cache-${process.getuid?.() ?? "user"}`);
}

export function readCache(key: string, env: NodeJS.ProcessEnv = process.env): Uint8Array | undefined {
  const held = memory.get(key);
  if (held) {
    countObject("memory");
    return held;
  }
  try {
    const bytes = new Uint8Array(readFileSync(join(cacheFolder(env), key)));
    if (bytes.length === 0) return undefined;
    memory.set(key, bytes);
    countObject("disk");
    return bytes;
  } catch {
    return undefined;
  }
}

export function writeCache(key: string, bytes: Uint8Array, env: NodeJS.ProcessEnv = process.env): void {
  memory.set(key, bytes);
  countObject("compiled");
  try {
    const folder = cacheFolder(env);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const part = join(folder, `${key}.${process.pid}.part`);
    writeFileSync(part, bytes);
    renameSync(part, join(folder, key));
  } catch {
    // Read-only or full: compile again next time.
  }
}

/** For tests. */
export function forgetMemory(): void {
  memory.clear();
}
