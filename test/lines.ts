import type { Readable } from "node:stream";

/** Calls `take` for each line of a process's output. Node 24's readline also ends lines at U+2028 and U+2029, which JSON may have in a text. */
export function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
  });
  stream.on("end", () => {
    if (rest !== "") take(rest);
  });
}
