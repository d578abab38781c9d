/** Lines in, lines out, in order, with back-pressure on both sides. */

/** One question may hold a 60 KiB head, escaped; a line above this is answered with an error instead of being kept. */
const maxLineLength = 4 * 1024 * 1024;

/** Calls `answer` for each line of stdin and writes what it returns, one line each. Empty lines are skipped. */
export async function forEachLine(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  answer: (line: string) => Promise<string> | string,
): Promise<void> {
  let pending = "";
  let out: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (out.length === 0) return;
    const text = out.join("");
    out = [];
    size = 0;
    if (!output.write(text)) await new Promise<void>((resolve) => output.once("drain", resolve));
  };
  const take = async (line: string): Promise<void> => {
    if (line.trim() === "") return;
    const reply = answer(line);
    const text = `${typeof reply === "string" ? reply : await reply}\n`;
    out.push(text);
    size += text.length;
    if (size > 65536) await flush();
  };
  input.setEncoding("utf8");
  for await (const chunk of input) {
    pending += chunk as string;
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    if (pending.length > maxLineLength) pending = pending.slice(0, maxLineLength);
    for (const line of lines) await take(line);
    await flush();
  }
  if (pending !== "") await take(pending);
  await flush();
}
