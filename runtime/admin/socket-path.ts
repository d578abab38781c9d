import { lstatSync, rmSync } from "node:fs";
import { connect } from "node:net";

/**
 * Removes the socket that a killed daemon left at `path`, so that it can be listened on again. Rejects, and removes nothing, where another
 * process listens on it, or where something else than a socket is there.
 */
export async function clearSocketPath(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new Error(`${path} is there already, and is no socket`);
  if (await isListenedOn(path)) throw new Error(`another process listens on ${path}`);
  rmSync(path, { force: true });
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    // Of a listener that can't take one more now, the kernel tells EAGAIN.
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED" && code !== "ENOENT"));
  });
}
