/** Lines in, lines out, in order, with back-pressure on both sides. */

/** One question may hold a 60 KiB head, escaped; a line above this is answered with an error instead of being kept. */
const maxLineLength = 4 * 1024 * 1024;

/** Calls `answer` for each line of stdin, `tooLong` for one above the limit, and writes what they return, one line each. Empty lines are skipped. */
export async function forEachLine(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  answer: (line: string) => Promise<string> | string,
  tooLong: (limit: number) => string,
): Promise<void> {
  let pending = "";
  let overflow = false;
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
    const isTooLong = overflow || line.length > maxLineLength;
    overflow = false;
    if (!isTooLong && line.trim() === "") return;
    const reply = isTooLong ? tooLong(maxLineLength) : answer(line);
    const text = `${typeof reply === "string" ? reply : await reply}\n`;
    out.push(text);
    size += text.length;
    if (size > 65536) await flush();
  };
  input.setEncoding("utf8");
  let isFirst = true;
  for await (const chunk of input) {
    // A byte order mark, as Windows puts it before a text.
    pending += isFirst ? (chunk as string).replace(/^\ufeff/, "") : (chunk as string);
    isFirst = false;
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) await take(line);
    if (pending.length > maxLineLength) {
      // What is kept of it does not matter: it is not answered as a question.
      overflow = true;
      pending = "";
    }
    await flush();
  }
  if (overflow || pending !== "") await take(pending);
  await flush();
}
