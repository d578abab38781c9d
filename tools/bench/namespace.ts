import { closeSync, openSync } from "node:fs";
import koffi from "koffi";

const CLONE_NEWNET = 0x4000_0000;

/** Runs with this thread's sockets in a named network namespace; sockets are made by plain system calls, on this thread. */
export async function inNamespace(name: string, action: () => Promise<void>): Promise<void> {
  const setns = koffi.load("libc.so.6").func("int setns(int, int)");
  const enter = (fd: number): void => {
    const result = setns(fd, CLONE_NEWNET) as number;
    closeSync(fd);
    if (result !== 0) throw new Error(`can't enter network namespace ${name}, or leave it`);
  };
  const home = openSync("/proc/thread-self/ns/net", "r");
  enter(openSync(`/run/netns/${name}`, "r"));
  try {
    await action();
  } finally {
    enter(home);
  }
}
