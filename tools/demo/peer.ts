/**
 * The demo's two ends, run inside its network namespace.
 *   serve PORT...    accepts on every address of the namespace and answers each connection with the address it arrived at
 *   connect          reads {"to": "ip:port", "count": n} lines; connects that often and prints where it landed, as a JSON line
 */
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

const [mode, ...args] = process.argv.slice(2);
if (mode === "serve") await serve(args.map(Number));
else for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await ask(line)));

async function serve(ports: readonly number[]): Promise<void> {
  const listening = ports.map(
    (port) =>
      new Promise<void>((resolve) => {
        // "::" takes IPv4 too: those arrive as ::ffff:a.b.c.d.
        createServer((socket: Socket) => {
          const ip = (socket.localAddress ?? "").replace(/^::ffff:/, "");
          socket.on("error", () => {});
          socket.end(`${ip.includes(":") ? `[${ip}]` : ip}:${socket.localPort}`);
        }).listen(port, "::", 512, resolve);
      }),
  );
  await Promise.all(listening);
  console.log("ready");
}

interface Landed {
  readonly to: string;
  /** Address of arrival, or the error's code -> how often. */
  readonly landed: Readonly<Record<string, number>>;
  /** What getpeername said of the last connection. */
  readonly peer: string;
}

async function ask(line: string): Promise<Landed> {
  const { to, count } = JSON.parse(line) as { to: string; count: number };
  const [, host = "", port = ""] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(to) ?? [];
  const landed: Record<string, number> = {};
  let peer = "";
  for (let i = 0; i < count; i++) {
    const where = await connectOnce(host, Number(port), (name) => {
      peer = name;
    });
    landed[where] = (landed[where] ?? 0) + 1;
  }
  return { to, landed, peer };
}

function connectOnce(host: string, port: number, named: (peer: string) => void): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, host, () => named(`${socket.remoteAddress}:${socket.remotePort}`));
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on("close", () => resolve(text));
  });
}
