interface Example {
  readonly to: string;
  readonly from?: string;
  readonly head?: string;
  readonly tls?: { readonly sni?: string; readonly alpn: readonly string[] };
}

/** A line of `trace --batch` as the arguments of one `trace`, quoted for a shell. */
export function traceArgsOf(line: string): string {
  const { to, from, head, tls } = JSON.parse(line) as Example;
  const args = ["--to", to];
  if (from !== undefined) args.push("--from", from);
  if (head !== undefined) args.push(...(requestArgs(head) ?? ["--head", escapeText(head)]));
  if (tls?.sni) args.push("--sni", tls.sni);
  if (tls && (tls.alpn.length > 0 || !tls.sni)) args.push("--alpn", tls.alpn.join(","));
  return args.map(quoteForShell).join(" ");
}

/** A plain request in words; undefined where only the exact bytes say it. */
function requestArgs(head: string): readonly string[] | undefined {
  const [first = "", ...lines] = head.split("\r\n");
  const [, method, path, host] = /^([A-Z]+) (\/[!-~]*) HTTP\/1\.1\r\nHost: ([!-~]+)$/.exec(`${first}\r\n${lines[0]}`) ?? [];
  if (method === undefined || path === undefined || host === undefined || !head.endsWith("\r\n\r\n")) return undefined;
  const headers = lines.slice(1, -2);
  if (!headers.every((header) => /^[a-z0-9_-]+: [!-~](?:[ -~]*[!-~])?$/i.test(header) && !/^host:/i.test(header))) return undefined;
  return ["--request", `${method} ${path}`, "--host", host, ...headers.flatMap((header) => ["-H", header])];
}

/** The reverse of what `--head` understands. */
function escapeText(text: string): string {
  const named: Readonly<Record<string, string>> = { "\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\" };
  return text.replace(/[^ -~]|\\/g, (char) => named[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function quoteForShell(arg: string): string {
  return /^[\w./:,=@%+[\]-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
